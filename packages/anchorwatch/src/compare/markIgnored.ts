import type { Change } from "../domain/check.ts";
import { formatPath, type Path } from "../domain/path.ts";
import type { ObjectShape, Shape } from "../domain/shape.ts";
import { isArray, isObject, objectOf, type Value } from "../domain/value.ts";
import { shapeAt } from "./access.ts";
import { canonicalByShape, DYNAMIC } from "./canonical.ts";
import { sameWhenUnset } from "./fold.ts";
import { type CompiledRule, ignoredBy } from "./ignoreRules.ts";
import { parseJsonDocument } from "./json.ts";
import { ELEMENT, type FlatStep, flatSteps, matchesPath, remainderBelow } from "./pathPattern.ts";

/**
 * Names the rule on each change that one silences. An element of a set is silenced by `ingress[*]`; by
 * `ingress[*].cidr_blocks` only together with the element on the other side that is equal but for the blocks. What a later
 * rule takes back inside of something that came, went or was replaced whole must say nothing there, or the same on both sides.
 * @param rules those that speak of this resource, in order
 */
export function markIgnored(
  changes: readonly Change[],
  shape: ObjectShape,
  rules: readonly CompiledRule[],
): readonly Change[] {
  if (rules.length === 0) return changes;
  const marks = new Map<Change, string>();
  for (const change of changes) {
    const within = rulesWithin(stepsOf(change), rules);
    const label = ignoredBy([], within);
    if (label !== undefined && isWhollyIgnored(change, shape, within)) marks.set(change, label);
  }
  const elements = changes.filter((change) => change.element !== undefined && !marks.has(change));
  for (const set of Map.groupBy(elements, ({ path }) => formatPath(path)).values())
    markPairs(set, shape, rules, marks);
  return changes.map((change) => {
    const label = marks.get(change);
    return label === undefined ? change : { ...change, ignoredBy: label };
  });
}

function stepsOf(change: Change): readonly FlatStep[] {
  return change.element === undefined ? flatSteps(change.path) : [...flatSteps(change.path), ELEMENT];
}

/** The rules as they are seen from the place: paths begin there, and what speaks of all of it has none. */
function rulesWithin(place: readonly FlatStep[], rules: readonly CompiledRule[]): readonly CompiledRule[] {
  return rules.flatMap(({ path, negate, label }): CompiledRule[] => {
    if (path === undefined || matchesPath(path, place)) return [{ negate, label }];
    const steps = remainderBelow(path, place);
    return steps === undefined ? [] : [{ path: { text: path.text, steps }, negate, label }];
  });
}

function isWhollyIgnored(change: Change, shape: ObjectShape, within: readonly CompiledRule[]): boolean {
  if (!isTakenBackBelow([], within)) return true;
  const { path, element, recorded = null, live = null } = change;
  const left = (value: Value) => pruned(value, [], within);
  if (element !== undefined) return sameWhenUnset(left(element), null, elementShapeOf(path, shape));
  return sameWhenUnset(left(recorded), left(live), shapeAt(shape, path) ?? DYNAMIC);
}

function elementShapeOf(path: Path, shape: ObjectShape): Shape {
  return shapeAt(shape, [...path, 0]) ?? DYNAMIC;
}

/** Elements that left and came, and are one but for what the rules ignore inside of them. */
function markPairs(
  changes: readonly Change[],
  shape: ObjectShape,
  rules: readonly CompiledRule[],
  marks: Map<Change, string>,
): void {
  const [first] = changes;
  if (first === undefined) return;
  const within = rulesWithin(stepsOf(first), rules);
  const label = within.find(({ negate }) => !negate)?.label;
  if (label === undefined) return;
  const rest = ({ element = null }: Change) =>
    canonicalByShape(pruned(element, [], within), elementShapeOf(first.path, shape));
  const removed = Map.groupBy(
    changes.filter(({ op }) => op === "remove"),
    rest,
  );
  for (const added of changes.filter(({ op }) => op === "add")) {
    const partner = removed.get(rest(added))?.shift();
    if (partner === undefined) continue;
    marks.set(partner, label);
    marks.set(added, label);
  }
}

/** The value without what the rules ignore in it. */
function pruned(value: Value, place: readonly FlatStep[], rules: readonly CompiledRule[]): Value {
  const isIgnored = ignoredBy(place, rules) !== undefined;
  if (isIgnored && !isTakenBackBelow(place, rules)) return null;
  if (isArray(value)) return value.map((element, i) => pruned(element, [...place, i], rules));
  if (isObject(value)) {
    return objectOf(
      Object.entries(value).map(([key, member]) => [key, pruned(member, [...place, key], rules)]),
    );
  }
  if (!isIgnored) return value;
  const document = typeof value === "string" ? parseJsonDocument(value) : undefined;
  return document === undefined ? null : pruned(document, place, rules);
}

/** Whether something inside is taken back by a rule after the one that ignores the place. */
function isTakenBackBelow(place: readonly FlatStep[], rules: readonly CompiledRule[]): boolean {
  const last = rules.findLastIndex(({ path }) => path === undefined || matchesPath(path, place));
  return rules
    .slice(last + 1)
    .some(({ path, negate }) => negate && path !== undefined && remainderBelow(path, place) !== undefined);
}
