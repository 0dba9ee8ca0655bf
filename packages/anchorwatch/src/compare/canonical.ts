import type { Shape } from "../domain/shape.ts";
import { isArray, Unknown, type Value, type ValueObject } from "../domain/value.ts";
import { memberOf } from "./access.ts";
import { canonicalNumber, isNumber } from "./number.ts";

/**
 * A text that is equal for equal values of one shape and for no others: sets in any order, at any depth, and numbers
 * in any spelling. An attribute that is missing is null.
 */
export function canonicalByShape(value: Value, shape: Shape): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean") return String(value);
  if (isNumber(value)) return canonicalNumber(value);
  if (value instanceof Unknown) return "unknown";
  if (isArray(value)) {
    const elements = value.map((element, index) => canonicalByShape(element, elementShape(shape, index)));
    return `[${shape.kind === "set" ? elements.sort() : elements}]`;
  }
  return shape.kind === "object" ? canonicalObject(value, shape.attributes) : canonicalMap(value, shape);
}

/** Of a value that brings its own type: arrays keep their order, and "1" is not 1. */
export function canonicalDynamic(value: Value): string {
  return canonicalByShape(value, DYNAMIC);
}

export function sameValue(left: Value, right: Value, shape: Shape): boolean {
  return left === right || canonicalByShape(left, shape) === canonicalByShape(right, shape);
}

export const DYNAMIC: Shape = { kind: "dynamic" };

/** The shape of an element of a list, set, tuple or map. */
export function elementShape(shape: Shape, index: number): Shape {
  if (shape.kind === "list" || shape.kind === "set" || shape.kind === "map") return shape.element;
  if (shape.kind === "tuple") return shape.elements[index] ?? DYNAMIC;
  return DYNAMIC;
}

function canonicalObject(value: Value, attributes: ReadonlyMap<string, { readonly shape: Shape }>): string {
  const members = [...attributes].map(
    ([name, { shape }]) => `${JSON.stringify(name)}:${canonicalByShape(memberOf(value, name), shape)}`,
  );
  return `{${members}}`;
}

function canonicalMap(value: ValueObject, shape: Shape): string {
  const element = elementShape(shape, 0);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalByShape(value[key] ?? null, element)}`);
  return `{${members}}`;
}
