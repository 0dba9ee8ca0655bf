/** What a function takes out of arguments that have been converted to its parameters' types. */
import { EvaluationFailure } from "../failure.ts";
import { type BigFloat, isInteger, truncate, ZERO } from "../values/bigFloat.ts";
import type { Type } from "../values/type.ts";
import { NULL, type Typed } from "../values/typed.ts";

export function at(args: readonly Typed[], index: number): Typed {
  return args[index] ?? NULL;
}

export function textAt(args: readonly Typed[], index: number): string {
  const arg = at(args, index);
  return arg.kind === "string" ? arg.text : "";
}

export function numberAt(args: readonly Typed[], index: number): BigFloat {
  const arg = at(args, index);
  return arg.kind === "number" ? arg.number : ZERO;
}

/** A whole number that fits JavaScript's. */
export function integerAt(args: readonly Typed[], index: number): number {
  const value = wholeNumber(numberAt(args, index));
  const narrow = Number(value);
  if (!Number.isSafeInteger(narrow)) throw new EvaluationFailure(`argument ${index + 1} is too large`);
  return narrow;
}

export function wholeNumber(value: BigFloat): bigint {
  if (!isInteger(value)) throw new EvaluationFailure("a whole number is required");
  return truncate(value);
}

/** The items of a list, set or tuple. */
export function itemsOf(value: Typed): readonly Typed[] {
  if ("items" in value) return value.items;
  throw new EvaluationFailure("a list, set or tuple is required");
}

/** The entries of a map or object. */
export function entriesOf(value: Typed): ReadonlyMap<string, Typed> {
  if ("entries" in value) return value.entries;
  throw new EvaluationFailure("a map or object is required");
}

/** The texts of a list or set of strings, in which Terraform allows no null. */
export function textsOf(value: Typed): string[] {
  return itemsOf(value).map((item) => {
    if (item.kind !== "string") throw new EvaluationFailure("an element is null");
    return item.text;
  });
}

export function elementOf(value: Typed): Type | undefined {
  return "element" in value ? value.element : undefined;
}
