/** What `drifted` of the ledger's entries wrote down of a drift, as changes again. */
import type { Change } from "../../../domain/check.ts";
import type { JsonObject, JsonValue } from "../../../domain/jsonValue.ts";
import { formatPath, type Path } from "../../../domain/path.ts";
import type { Value } from "../../../domain/value.ts";

/** Empty where there are so many that they are kept elsewhere. Values are masked, as they were written. */
export function foundChanges(found: JsonObject): readonly Change[] {
  const changes = member(found, "data", "changes");
  if (!Array.isArray(changes)) return [];
  const sides = { before: sideOf(found["before"]), after: sideOf(found["after"]) };
  return (changes as readonly JsonValue[]).flatMap((one) => changeOf(one, sides));
}

/** How many there are, also where they are kept elsewhere. */
export function countOfChanges(found: JsonObject): number {
  const elsewhere = member(found, "data", "changesInContent");
  return typeof elsewhere === "number" ? elsewhere : foundChanges(found).length;
}

/** Values of one side by path; of sets, whose elements are lists, the next one. */
interface Side {
  readonly value: (path: string) => Value | undefined;
  readonly nextElement: (path: string) => Value | undefined;
}

function sideOf(given: JsonValue | undefined): Side {
  const values = new Map(Object.entries(isObject(given) ? given : {}));
  const taken = new Map<string, number>();
  return {
    value: (path) => values.get(path) as Value | undefined,
    nextElement: (path) => {
      const at = taken.get(path) ?? 0;
      taken.set(path, at + 1);
      const list = values.get(path);
      return Array.isArray(list) ? (list as readonly Value[])[at] : undefined;
    },
  };
}

function changeOf(one: JsonValue, { before, after }: { before: Side; after: Side }): readonly Change[] {
  if (!isObject(one)) return [];
  const { path, op, settable, sensitive } = one;
  if (!Array.isArray(path) || (op !== "replace" && op !== "add" && op !== "remove")) return [];
  const steps = path as unknown as Path;
  const name = formatPath(steps);
  const common = { path: steps, op, settable: settable === true } as const;
  if (sensitive === true) return [{ ...common, sensitive: true }];
  if (op === "replace")
    return [{ ...common, ...given("recorded", before.value(name)), ...given("live", after.value(name)) }];
  const element = op === "add" ? after.nextElement(name) : before.nextElement(name);
  return [{ ...common, ...given("element", element) }];
}

function given<Name extends "recorded" | "live" | "element">(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in Name]?: Value };
}

function member(of: JsonObject, first: string, second: string): JsonValue | undefined {
  const inner = of[first];
  return isObject(inner) ? inner[second] : undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
