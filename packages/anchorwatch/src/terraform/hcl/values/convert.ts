import { EvaluationFailure } from "../failure.ts";
import { parseDecimal, toText } from "./bigFloat.ts";
import { set } from "./sets.ts";
import { DYNAMIC, type ObjectType, sameType, type Type, typeName } from "./type.ts";
import {
  bool,
  list,
  map,
  marked,
  nullOf,
  number,
  object,
  type Typed,
  text,
  tuple,
  typeOf,
  unknownOf,
} from "./typed.ts";
import { unify } from "./unify.ts";

/**
 * The value as that type, by Terraform's rules of automatic conversion. Marks stay.
 * @throws EvaluationFailure where there is no conversion
 */
export function convert(value: Typed, type: Type): Typed {
  if (type.kind === "dynamic") return value;
  if (value.kind === "null") return marked(nullOf(type), value.sensitive);
  if (value.kind === "unknown") return marked(unknownOf(type, value.reasons), value.sensitive);
  return marked(convertKnown(value, type), value.sensitive);
}

/** The value as that type, or undefined where there is no conversion. */
export function tryConvert(value: Typed, type: Type): Typed | undefined {
  try {
    return convert(value, type);
  } catch (error) {
    if (error instanceof EvaluationFailure && !error.limit) return undefined;
    throw error;
  }
}

function convertKnown(value: Typed, type: Type): Typed {
  switch (type.kind) {
    case "string":
      return toTextValue(value);
    case "number":
      return toNumberValue(value);
    case "bool":
      return toBoolValue(value);
    case "list":
    case "set":
      return toSequence(value, type.kind, type.element);
    case "map":
      return toMap(value, type.element);
    case "tuple":
      return toTuple(value, type.elements);
    case "object":
      return toObject(value, type);
    case "dynamic":
      return value;
  }
}

function mismatch(value: Typed, expected: string): EvaluationFailure {
  return new EvaluationFailure(`${expected} is required here, and this is ${typeName(typeOf(value))}`);
}

function toTextValue(value: Typed): Typed {
  if (value.kind === "string") return value;
  if (value.kind === "number") return text(toText(value.number));
  if (value.kind === "bool") return text(String(value.bool));
  throw mismatch(value, "a string");
}

const NUMERIC = /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

function toNumberValue(value: Typed): Typed {
  if (value.kind === "number") return value;
  if (value.kind === "string") {
    const parsed = NUMERIC.test(value.text) ? parseDecimal(value.text) : undefined;
    if (parsed !== undefined) return number(parsed);
    throw new EvaluationFailure("a number is required here, and this text is none");
  }
  throw mismatch(value, "a number");
}

function toBoolValue(value: Typed): Typed {
  if (value.kind === "bool") return value;
  if (value.kind === "string") {
    if (value.text === "true" || value.text === "1") return bool(true);
    if (value.text === "false" || value.text === "0") return bool(false);
    throw new EvaluationFailure('a bool is required here, and this text is neither "true" nor "false"');
  }
  throw mismatch(value, "a bool");
}

function toSequence(value: Typed, kind: "list" | "set", element: Type): Typed {
  if (!("items" in value)) throw mismatch(value, `a ${kind}`);
  const target = element.kind === "dynamic" ? commonType(value, value.items) : element;
  if (value.kind === kind && sameType(value.element, target)) return value;
  const items = value.items.map((item) => convert(item, target));
  return kind === "list" ? list(items, target) : set(items, target);
}

/** `list(any)`: the elements decide. */
function commonType(value: Typed, parts: readonly Typed[]): Type {
  if ("element" in value && value.element.kind !== "dynamic") return value.element;
  const common = unify(parts.map(typeOf));
  if (common === undefined)
    throw new EvaluationFailure("all elements must have one type, and these have not");
  return common;
}

function toMap(value: Typed, element: Type): Typed {
  if (!("entries" in value)) throw mismatch(value, "a map");
  const target = element.kind === "dynamic" ? commonType(value, [...value.entries.values()]) : element;
  if (value.kind === "map" && sameType(value.element, target)) return value;
  return map(
    [...value.entries].map(([key, part]) => [key, convert(part, target)] as const),
    target,
  );
}

function toTuple(value: Typed, elements: readonly Type[]): Typed {
  if (value.kind !== "tuple" && value.kind !== "list") throw mismatch(value, "a tuple");
  if (value.items.length !== elements.length)
    throw new EvaluationFailure(
      `a tuple of ${elements.length} is required here, and this has ${value.items.length}`,
    );
  return tuple(value.items.map((item, index) => convert(item, elements[index] ?? DYNAMIC)));
}

function toObject(value: Typed, type: ObjectType): Typed {
  if (!("entries" in value)) throw mismatch(value, "an object");
  return object(
    [...type.attributes].map(([name, attribute]) => {
      const part = value.entries.get(name);
      if (part === undefined) throw new EvaluationFailure(`the attribute "${name}" is required here`);
      return [name, convert(part, attribute)] as const;
    }),
  );
}
