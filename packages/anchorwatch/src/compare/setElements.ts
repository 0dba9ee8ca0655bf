import type { ObjectShape, Shape } from "../domain/shape.ts";
import { objectOf, type Value } from "../domain/value.ts";
import { memberOf } from "./access.ts";
import { canonicalByShape } from "./canonical.ts";
import { type Declared, declaredBelow, isSet } from "./difference.ts";
import { foldSpellings, foldToSettable } from "./fold.ts";

export interface ChangedElements {
  readonly removed: readonly Value[];
  readonly added: readonly Value[];
  /** One element before and after: they agree in all that the code sets, or in all that anybody can set. */
  readonly paired: readonly { readonly recorded: Value; readonly live: Value }[];
}

/** What left a set and what came into it. Elements have no position, so pairs are only made where there is no choice. */
export function changedElements(
  shape: Shape,
  recorded: readonly Value[],
  live: readonly Value[],
  declared: Declared,
): ChangedElements {
  const exact = (element: Value) => canonicalByShape(element, shape);
  const differing = matchEqual(recorded, live, exact);
  // Those that mean the same first: what nobody can set would else choose its partner by chance.
  const byMeaning = (element: Value) => canonicalByShape(foldSpellings(element, shape), shape);
  const respelled = matchEqual(differing.removed, differing.added, byMeaning);
  const bySettable = (element: Value) => canonicalByShape(foldToSettable(element, shape), shape);
  const settable = matchEqual(respelled.removed, respelled.added, bySettable);
  const paired = [...respelled.matched, ...settable.matched];
  if (shape.kind !== "object" || declared === undefined) return { ...settable, paired };
  const byDeclared = (element: Value) => canonicalByShape(declaredPart(element, shape, declared), shape);
  const left = matchUnique(settable.removed, settable.added, byDeclared);
  return { ...left, paired: [...paired, ...left.matched] };
}

interface Matching {
  readonly removed: readonly Value[];
  readonly added: readonly Value[];
  readonly matched: readonly { readonly recorded: Value; readonly live: Value }[];
}

type KeyOf = (element: Value) => string;

/** Elements of one key are interchangeable: the first goes with the first. */
function matchEqual(recorded: readonly Value[], live: readonly Value[], keyOf: KeyOf): Matching {
  const waiting = Map.groupBy(live, keyOf);
  const removed: Value[] = [];
  const matched: { recorded: Value; live: Value }[] = [];
  for (const element of recorded) {
    const partner = waiting.get(keyOf(element))?.shift();
    if (partner === undefined) removed.push(element);
    else matched.push({ recorded: element, live: partner });
  }
  return { removed, added: [...waiting.values()].flat(), matched };
}

/** Only where the key names one element on each side. */
function matchUnique(recorded: readonly Value[], live: readonly Value[], keyOf: KeyOf): Matching {
  const before = Map.groupBy(recorded, keyOf);
  const after = Map.groupBy(live, keyOf);
  const isUnique = (key: string) => before.get(key)?.length === 1 && after.get(key)?.length === 1;
  return {
    removed: recorded.filter((element) => !isUnique(keyOf(element))),
    added: live.filter((element) => !isUnique(keyOf(element))),
    matched: [...before].flatMap(([key, [element]]) =>
      isUnique(key) ? [{ recorded: element ?? null, live: after.get(key)?.[0] ?? null }] : [],
    ),
  };
}

/** What the code says of the element; the whole element where the code gives it whole. */
function declaredPart(element: Value, shape: ObjectShape, declared: Declared): Value {
  const settable = foldToSettable(element, shape);
  if (declared === true) return settable;
  const members = [...shape.attributes].filter(([name, attribute]) =>
    isSet(attribute, declaredBelow(declared, name), memberOf(element, name)),
  );
  return objectOf(members.map(([name]) => [name, memberOf(settable, name)] as const));
}
