/** Whether code and record mean the same, as far as code alone tells: HCL converts types, and leaves much unsaid. */
import type { Shape } from "../domain/shape.ts";
import { Decimal, isArray, isEmpty, isObject, Unknown, type Value } from "../domain/value.ts";
import { elementsOf, hasMember, isComputedOnly, keysOf, memberOf } from "./access.ts";
import { canonicalDynamic, elementShape } from "./canonical.ts";
import { sameWhenUnset } from "./fold.ts";
import { sameMeaning } from "./json.ts";
import { canonicalNumber, isNumber } from "./number.ts";

/**
 * Whether the record can be what came of the declared value. `"8080"` is 8080, JSON counts by what it says, sets have
 * no order. What is null or unknown in the code tells nothing, nor does an attribute that a block does not name; and
 * what is nothing (null, "", [], {}, false, 0) may be recorded as null.
 */
export function canBe(declared: Value, recorded: Value, shape: Shape): boolean {
  if (declared === null || declared instanceof Unknown) return true;
  if (isEmpty(declared) && isEmpty(recorded)) return true;
  if (recorded === null) return declared === false || declared === 0;
  if (isArray(declared)) return isArray(recorded) && canBeElements(declared, recorded, shape);
  if (isObject(declared)) return isObject(recorded) && canBeMembers(declared, recorded, shape);
  return sameScalars(declared, recorded);
}

function canBeElements(declared: readonly Value[], recorded: readonly Value[], shape: Shape): boolean {
  if (declared.length !== recorded.length) return false;
  if (shape.kind === "set") return canBeSet(declared, recorded, shape.element);
  return declared.every((element, i) => canBe(element, recorded[i] ?? null, elementShape(shape, i)));
}

/**
 * Each declared element needs a recorded one of its own; those that know most choose first. Nearly all of a long set is
 * recorded as declared: looking through the rest for each element would take quadratic time.
 */
function canBeSet(declared: readonly Value[], recorded: readonly Value[], shape: Shape): boolean {
  const free = new Set(recorded.keys());
  const places = Map.groupBy(free, (i) => canonicalDynamic(recorded[i] ?? null));
  const knowing = [...declared].sort((a, b) => unknownsIn(a) - unknownsIn(b));
  return knowing.every((element) => {
    const same = places.get(canonicalDynamic(element))?.find((i) => free.has(i));
    for (const i of same === undefined ? free : [same])
      if (canBe(element, recorded[i] ?? null, shape)) return free.delete(i);
    return false;
  });
}

function unknownsIn(value: Value): number {
  if (value === null || value instanceof Unknown) return 1;
  const members = isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return members.reduce((sum: number, member) => sum + unknownsIn(member), 0);
}

function canBeMembers(declared: Value, recorded: Value, shape: Shape): boolean {
  const names = isObject(declared) ? Object.keys(declared) : [];
  if (shape.kind === "object") {
    return names.every((name) => {
      const attribute = shape.attributes.get(name);
      if (attribute === undefined || attribute.writeOnly) return true;
      return canBe(memberOf(declared, name), memberOf(recorded, name), attribute.shape);
    });
  }
  const present = names.filter((name) => memberOf(declared, name) !== null);
  const entries = isObject(recorded) ? Object.keys(recorded) : [];
  return (
    entries.every((key) => hasMember(declared, key)) &&
    present.every(
      (key) =>
        hasMember(recorded, key) &&
        canBe(memberOf(declared, key), memberOf(recorded, key), elementShape(shape, 0)),
    )
  );
}

/**
 * Whether a live value that can have come of the declared one holds something besides. A record came of the code; what
 * runs where the code says nothing may be anybody's, unless it was recorded there before.
 */
export function holdsMore(declared: Value, live: Value, shape: Shape, recorded: readonly Value[]): boolean {
  if (declared === null) return !isNothing(live) && !recorded.some((old) => sameWhenUnset(old, live, shape));
  if (isArray(live)) return elementsHoldMore(elementsOf(declared), live, shape, recorded.flatMap(elementsOf));
  if (!isObject(live)) return false;
  const inside = (name: string, member: Shape) =>
    holdsMore(
      memberOf(declared, name),
      memberOf(live, name),
      member,
      recorded.map((old) => memberOf(old, name)),
    );
  if (shape.kind !== "object") return keysOf(live).some((key) => inside(key, elementShape(shape, 0)));
  return [...shape.attributes].some(
    ([name, attribute]) =>
      !isComputedOnly(attribute) && !attribute.writeOnly && inside(name, attribute.shape),
  );
}

function elementsHoldMore(
  declared: readonly Value[],
  live: readonly Value[],
  shape: Shape,
  recorded: readonly Value[],
): boolean {
  if (shape.kind !== "set")
    return live.some((own, i) => holdsMore(declared[i] ?? null, own, elementShape(shape, i), recorded));
  const { element } = shape;
  const isDeclared = (own: Value) =>
    declared.some((other) => canBe(other, own, element) && !holdsMore(other, own, element, recorded));
  return live.some((own) => (isObject(own) || isArray(own)) && !isDeclared(own));
}

function isNothing(value: Value): boolean {
  return isEmpty(value) || value === false || value === 0;
}

function sameScalars(declared: Value, recorded: Value): boolean {
  if (canonicalDynamic(declared) === canonicalDynamic(recorded)) return true;
  const [a, b] = [textOf(declared), textOf(recorded)];
  return (
    a !== undefined &&
    b !== undefined &&
    (a === b || sameNumber(a, b, declared, recorded) || sameMeaning(a, b))
  );
}

function textOf(value: Value): string | undefined {
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  if (!isNumber(value)) return undefined;
  return value instanceof Decimal ? value.text : String(value);
}

/** Two texts that both look like numbers stay texts: "1.0" is not "1.00" unless one of them is a number. */
function sameNumber(a: string, b: string, declared: Value, recorded: Value): boolean {
  if (!isNumber(declared) && !isNumber(recorded)) return false;
  return (
    NUMERIC.test(a) && NUMERIC.test(b) && canonicalNumber(new Decimal(a)) === canonicalNumber(new Decimal(b))
  );
}

const NUMERIC = /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
