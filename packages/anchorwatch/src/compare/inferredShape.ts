/**
 * The shape of values that come without a schema. Whether an array is a list or a set they do not tell, so whoever asks says how arrays
 * are to be read.
 */
import type { AttributeShape, ObjectShape, Shape } from "../domain/shape.ts";
import { isArray, isObject, type Value } from "../domain/value.ts";
import { DYNAMIC } from "./canonical.ts";

/** Of several values of one thing, before and after: it has the attributes of all of them. */
export function inferredShape(values: readonly Value[], arrays: "list" | "set"): ObjectShape {
  const attributes = new Map<string, AttributeShape>();
  const objects = values.filter((value) => isObject(value));
  for (const name of new Set(objects.flatMap((object) => Object.keys(object)))) {
    const members = objects.map((object) => object[name] ?? null);
    attributes.set(name, settable(shapeOf(members, arrays)));
  }
  return { kind: "object", attributes };
}

function shapeOf(values: readonly Value[], arrays: "list" | "set"): Shape {
  const [first] = values.filter((value) => value !== null);
  if (isArray(first)) {
    const elements = values.flatMap((value) => (isArray(value) ? value : []));
    const isOfObjects = elements.some(isObject);
    return {
      kind: arrays,
      element: isOfObjects ? inferredShape(elements, arrays) : shapeOf(elements, arrays),
    };
  }
  if (isObject(first)) return { kind: "map", element: DYNAMIC };
  if (typeof first === "string") return { kind: "string" };
  if (typeof first === "boolean") return { kind: "bool" };
  if (first === undefined) return DYNAMIC;
  return { kind: "number" };
}

function settable(shape: Shape): AttributeShape {
  return {
    shape,
    required: false,
    optional: true,
    computed: false,
    sensitive: false,
    writeOnly: false,
    block: false,
  };
}
