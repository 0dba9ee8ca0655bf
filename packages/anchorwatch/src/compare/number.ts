import { Decimal, type Value } from "../domain/value.ts";

export type NumberValue = number | bigint | Decimal;

export function isNumber(value: Value | undefined): value is NumberValue {
  return typeof value === "number" || typeof value === "bigint" || value instanceof Decimal;
}

const NUMBER = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/;

/**
 * A text that is equal for numerically equal numbers of any kind and size, and for no others. A double counts as the
 * shortest decimal that names it: a state file writes 0.1 where the provider answers the double nearest to it. Whole
 * doubles up to 2^64 are what they are, since the wire has integers of that size.
 * Digits and exponent stay apart, so `1e999999999` costs nothing.
 */
export function canonicalNumber(value: NumberValue): string {
  const text = textOf(value);
  const parts = NUMBER.exec(text);
  if (parts === null) return `n${text}`;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const digits = whole + fraction;
  let first = 0;
  let end = digits.length;
  while (first < end && digits[first] === "0") first += 1;
  while (end > first && digits[end - 1] === "0") end -= 1;
  if (first === end) return "n0";
  const scale = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - end);
  return `n${sign === "-" ? "-" : ""}${digits.slice(first, end)}e${scale}`;
}

const INTEGERS_END = 2 ** 64;

function textOf(value: NumberValue): string {
  if (value instanceof Decimal) return value.text;
  const isInteger = typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= INTEGERS_END;
  return String(isInteger ? BigInt(value) : value);
}
