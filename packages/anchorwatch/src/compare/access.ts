/** Reading inside values and shapes, where a missing attribute is null and a missing list is empty. */
import type { Path } from "../domain/path.ts";
import type { AttributeShape, Shape } from "../domain/shape.ts";
import { isArray, isObject, Unknown, type Value, type ValueObject } from "../domain/value.ts";

/** The attribute or map value of that name; null when it is not there or `value` is no object. */
export function memberOf(value: Value | undefined, key: string): Value {
  return hasMember(value, key) ? (value[key] ?? null) : null;
}

/** Own members only: a key such as `constructor` is data. */
export function hasMember(value: Value | undefined, key: string): value is ValueObject {
  return isObject(value) && Object.hasOwn(value, key);
}

export function elementsOf(value: Value | undefined): readonly Value[] {
  return isArray(value) ? value : [];
}

export function keysOf(value: Value | undefined): readonly string[] {
  return isObject(value) ? Object.keys(value) : [];
}

/**
 * What lies at a path of names, keys and positions; undefined where there is nothing, or a JSON step. Whatever lies in
 * something unknown is unknown: it may be there or not.
 */
export function valueAt(value: Value, path: Path): Value | undefined {
  let current: Value | undefined = value;
  for (const step of path) {
    if (current instanceof Unknown) return current;
    if (typeof step === "number") current = isArray(current) ? current[step] : undefined;
    else if (typeof step === "string") current = hasMember(current, step) ? current[step] : undefined;
    else return undefined;
    if (current === undefined) return undefined;
  }
  return current;
}

/** Whether any part of it would only be known after applying. */
export function holdsUnknown(value: Value): boolean {
  if (value instanceof Unknown) return true;
  if (isArray(value)) return value.some(holdsUnknown);
  return isObject(value) && Object.values(value).some(holdsUnknown);
}

/** The shape at a path; a position steps into the elements of a set as well. Undefined where the shape ends. */
export function shapeAt(shape: Shape, path: Path): Shape | undefined {
  let current: Shape | undefined = shape;
  for (const step of path) {
    if (current === undefined || typeof step === "object") return undefined;
    current = shapeBelow(current, step);
  }
  return current;
}

export function shapeBelow(shape: Shape, step: string | number): Shape | undefined {
  switch (shape.kind) {
    case "object":
      return typeof step === "string" ? shape.attributes.get(step)?.shape : undefined;
    case "map":
      return typeof step === "string" ? shape.element : undefined;
    case "list":
    case "set":
      return typeof step === "number" ? shape.element : undefined;
    case "tuple":
      return typeof step === "number" ? shape.elements[step] : undefined;
    case "dynamic":
      return shape;
    case "string":
    case "number":
    case "bool":
      return undefined;
  }
}

/** Only the cloud fills it: the code has no way to say what it should be. */
export function isComputedOnly(attribute: AttributeShape): boolean {
  return attribute.computed && !attribute.optional && !attribute.required && !attribute.block;
}
