import type { CtyDecimal } from "../cty/value.ts";
import type { Expression } from "./ast.ts";

/** A value that stands in the text itself. Objects have a null prototype. */
export type PlainValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | CtyDecimal
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** The value of an expression made of literals only; undefined where anything would have to be evaluated. */
export function literalOf(expression: Expression): PlainValue | undefined {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "parentheses":
      return literalOf(expression.inner);
    case "tuple":
      return literalTuple(expression.elements);
    case "object":
      return literalObject(expression.items);
    case "unary":
      return expression.operator === "-" ? negated(literalOf(expression.operand)) : undefined;
    default:
      return undefined;
  }
}

function literalTuple(elements: readonly Expression[]): PlainValue | undefined {
  const values = elements.map(literalOf);
  return values.every((value) => value !== undefined) ? values : undefined;
}

function literalObject(
  items: readonly { readonly key: Expression; readonly value: Expression }[],
): PlainValue | undefined {
  const object: Record<string, PlainValue> = Object.create(null);
  for (const item of items) {
    const key = literalOf(item.key);
    const value = literalOf(item.value);
    if (typeof key !== "string" || value === undefined) return undefined;
    object[key] = value;
  }
  return object;
}

function negated(value: PlainValue | undefined): PlainValue | undefined {
  return typeof value === "number" || typeof value === "bigint" ? -value : undefined;
}
