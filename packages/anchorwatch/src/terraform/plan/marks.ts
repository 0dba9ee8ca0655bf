/**
 * Beside each value of a plan stand trees of `true`: where it is secret, and where only applying will tell it.
 * @see https://developer.hashicorp.com/terraform/internals/json-format#change-representation
 */
import type { Path } from "../../domain/path.ts";
import { NOT_KNOWN } from "../../domain/plannedChange.ts";
import { isArray, isObject, objectOf, type Value } from "../../domain/value.ts";

/** Where the tree says `true`. A tree that is `true` as a whole marks everything: one empty path. */
export function markedPaths(marks: Value | undefined): readonly Path[] {
  const paths: Path[] = [];
  collect(marks, [], paths);
  return paths;
}

function collect(marks: Value | undefined, path: Path, into: Path[]): void {
  if (marks === true) into.push(path);
  else if (isArray(marks)) for (const [index, mark] of marks.entries()) collect(mark, [...path, index], into);
  else if (isObject(marks))
    for (const [key, mark] of Object.entries(marks)) collect(mark, [...path, key], into);
}

/** The value with what is not known as a text that says so; a whole attribute of the resource is left out. */
export function withNotKnown(value: Value, marks: Value | undefined): Value {
  if (!isObject(value) || !isObject(marks)) return value;
  return objectOf(
    [...new Set([...Object.keys(value), ...Object.keys(marks)])].flatMap(
      (name): (readonly [string, Value])[] => {
        if (marks[name] === true) return [];
        const member = value[name];
        const filled = filledIn(member, marks[name]);
        return filled === undefined ? [] : [[name, filled]];
      },
    ),
  );
}

function filledIn(value: Value | undefined, marks: Value | undefined): Value | undefined {
  if (marks === true) return NOT_KNOWN;
  if (isArray(marks) && marks.length > 0) {
    const elements = isArray(value) ? value : [];
    const length = Math.max(elements.length, marks.length);
    return Array.from({ length }, (_, index) => filledIn(elements[index], marks[index]) ?? null);
  }
  if (isObject(marks)) {
    const members = isObject(value) ? value : {};
    const names = [...new Set([...Object.keys(members), ...Object.keys(marks)])];
    const filled = names.flatMap((name): (readonly [string, Value])[] => {
      const member = filledIn(members[name], marks[name]);
      return member === undefined ? [] : [[name, member]];
    });
    return filled.length === 0 && value === undefined
      ? undefined
      : isObject(value) || filled.length > 0
        ? objectOf(filled)
        : value;
  }
  return value;
}
