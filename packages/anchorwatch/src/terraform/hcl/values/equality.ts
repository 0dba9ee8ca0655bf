import { compare } from "./bigFloat.ts";
import { sameType } from "./type.ts";
import { type Typed, typeOf } from "./typed.ts";

/** Equal in type and value; marks do not count. Undefined where an unknown part leaves it open. */
export function equal(a: Typed, b: Typed): boolean | undefined {
  if (a.kind === "unknown" || b.kind === "unknown") return undefined;
  if (a.kind === "null" || b.kind === "null") return a.kind === b.kind;
  if (a.kind === "string" && b.kind === "string") return a.text === b.text;
  if (a.kind === "number" && b.kind === "number") return compare(a.number, b.number) === 0;
  if (a.kind === "bool" && b.kind === "bool") return a.bool === b.bool;
  if ("items" in a && "items" in b) return a.kind === b.kind && equalItems(a, b);
  if ("entries" in a && "entries" in b) {
    if (a.kind !== b.kind || a.entries.size !== b.entries.size) return false;
    return all([...a.entries].map(([key, value]) => equalEntry(value, b.entries.get(key))));
  }
  return false;
}

function equalItems(a: Typed & { items: readonly Typed[] }, b: Typed & { items: readonly Typed[] }) {
  if (a.kind === "set" && !(a.wholeKnown && b.wholeKnown)) return undefined;
  if (a.items.length !== b.items.length) return false;
  if (a.items.length === 0 && a.kind !== "tuple") return sameType(typeOf(a), typeOf(b));
  return all(a.items.map((item, index) => equal(item, b.items[index] as Typed)));
}

function equalEntry(value: Typed, other: Typed | undefined): boolean | undefined {
  return other === undefined ? false : equal(value, other);
}

function all(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}
