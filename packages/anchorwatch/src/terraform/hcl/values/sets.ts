import { compare, toText } from "./bigFloat.ts";
import { compareText } from "./order.ts";
import type { Type } from "./type.ts";
import { setOf } from "./type.ts";
import { marked, partsOf, reasonsOf, setOfDistinct, type Typed, unknownOf, unmarked } from "./typed.ts";

/**
 * A set of items that are of the element's type. An unknown item leaves open how many there are, so the whole is
 * unknown; a marked item marks the whole, since a set cannot tell which of its items it was.
 */
export function set(items: readonly Typed[], element: Type): Typed {
  const holdsSecret = items.some((item) => item.holdsSensitive);
  if (!items.every((item) => item.wholeKnown))
    return marked(unknownOf(setOf(element), reasonsOf(items)), holdsSecret);
  const distinct = new Map<string, Typed>();
  for (const item of items) {
    const key = fingerprint(item);
    if (!distinct.has(key)) distinct.set(key, withoutMarks(item));
  }
  const sorted = [...distinct].sort(inOrder).map(([, item]) => item);
  return marked(setOfDistinct(sorted, element), holdsSecret);
}

/** Without any mark, inside or out. */
function withoutMarks(value: Typed): Typed {
  if (!value.holdsSensitive) return value;
  const bare = unmarked(value);
  if ("items" in bare) return { ...bare, items: bare.items.map(withoutMarks), holdsSensitive: false };
  if ("entries" in bare) {
    const entries = new Map([...bare.entries].map(([key, part]) => [key, withoutMarks(part)]));
    return { ...bare, entries, holdsSensitive: false };
  }
  return bare;
}

/** Equal for equal values of one type and for no others; also what sets of structures are ordered by. */
export function fingerprint(value: Typed): string {
  switch (value.kind) {
    case "null":
      return "~";
    case "unknown":
      return "?";
    case "string":
      return JSON.stringify(value.text);
    case "number":
      return toText(value.number);
    case "bool":
      return value.bool ? "T" : "F";
    case "list":
    case "set":
      return `[${value.items.map((item) => `${fingerprint(item)};`).join("")}]`;
    case "map":
      return `{${[...value.entries].map(([key, part]) => `${JSON.stringify(key)}:${fingerprint(part)};`).join("")}}`;
    default:
      return `<${partsOf(value)
        .map((part) => `${fingerprint(part)};`)
        .join("")}>`;
  }
}

function inOrder([keyA, a]: readonly [string, Typed], [keyB, b]: readonly [string, Typed]): number {
  if (a.kind === "string" && b.kind === "string") return compareText(a.text, b.text);
  if (a.kind === "number" && b.kind === "number") return compare(a.number, b.number);
  // A null stands after everything else.
  if (a.kind === "null" || b.kind === "null") return Number(a.kind === "null") - Number(b.kind === "null");
  return compareText(keyA, keyB);
}
