import type { ObjectShape, Shape } from "../domain/shape.ts";
import { isArray, isEmpty, isObject, objectOf, type Value, type ValueObject } from "../domain/value.ts";
import { isComputedOnly, memberOf } from "./access.ts";
import { canonicalDynamic, elementShape, sameValue } from "./canonical.ts";
import { parseJsonDocument, withoutOrder } from "./json.ts";

/** Equal where the code sets nothing: null, "", [] and {} are one, and JSON documents count by what they say. */
export function sameWhenUnset(left: Value, right: Value, shape: Shape): boolean {
  return sameValue(foldSpellings(left, shape), foldSpellings(right, shape), shape);
}

/** As {@link sameWhenUnset}, with 0 and false as further spellings of nothing: some providers cannot tell them from null. */
export function sameButForZeros(left: Value, right: Value, shape: Shape): boolean {
  return sameWhenUnset(withoutZeros(left), withoutZeros(right), shape);
}

function withoutZeros(value: Value): Value {
  if (value === 0 || value === false) return null;
  if (isArray(value)) return value.map(withoutZeros);
  if (!isObject(value)) return value;
  return objectOf(Object.entries(value).map(([key, member]) => [key, withoutZeros(member)]));
}

/**
 * One form for all spellings of a value that the code does not set. An object of nothing is nothing; a map keeps its
 * keys, since somebody put them there, and a list its elements.
 */
export function foldSpellings(value: Value, shape: Shape): Value {
  return fold(value, shape, false);
}

/** As {@link foldSpellings}, without the attributes that only the cloud fills. */
export function foldToSettable(value: Value, shape: Shape): Value {
  return fold(value, shape, true);
}

function fold(value: Value, shape: Shape, settableOnly: boolean): Value {
  if (isEmpty(value)) return null;
  if (typeof value === "string") return foldString(value);
  if (isArray(value)) return value.map((element, i) => fold(element, elementShape(shape, i), settableOnly));
  if (!isObject(value)) return value;
  const members =
    shape.kind === "object"
      ? foldAttributes(value, shape.attributes, settableOnly)
      : foldEntries(value, elementShape(shape, 0), settableOnly);
  return members.length === 0 ? null : objectOf(members);
}

function foldAttributes(
  value: Value,
  attributes: ObjectShape["attributes"],
  settableOnly: boolean,
): [string, Value][] {
  const members: [string, Value][] = [];
  for (const [name, attribute] of attributes) {
    if (settableOnly && isComputedOnly(attribute)) continue;
    const member = fold(memberOf(value, name), attribute.shape, settableOnly);
    if (member !== null) members.push([name, member]);
  }
  return members;
}

function foldEntries(value: ValueObject, shape: Shape, settableOnly: boolean): [string, Value][] {
  const present = Object.entries(value).filter(([, member]) => member !== null);
  return present.map(([key, member]) => [key, fold(member, shape, settableOnly)]);
}

/** A document becomes an object, which no string can be mistaken for. */
function foldString(text: string): Value {
  const document = parseJsonDocument(text);
  return document === undefined ? text : objectOf([["json", canonicalDynamic(withoutOrder(document))]]);
}
