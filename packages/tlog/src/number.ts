import { TlogError } from "./errors.ts";

const DIGITS = /^(?:0|[1-9][0-9]{0,15})$/;

/** The number itself, if it is a whole number from 0 to 2^53-1. Throws `number_out_of_range` naming it otherwise. */
export function checkCount(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TlogError(
    "number_out_of_range",
    `${what} is ${value}; it must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`,
  );
}

/**
 * A decimal as the formats write it: no sign, no leading zeros, at most 2^53-1. Undefined for any other text: a number that would
 * have to be rounded is refused like one that is none.
 */
export function parseDecimal(text: string): number | undefined {
  if (!DIGITS.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
