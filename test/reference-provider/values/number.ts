/** Numbers of any size between JSON and cty. */
import { CtyDecimal, type CtyValue } from "../../../packages/tfprovider/src/cty/value.ts";
import type { Json } from "./json.ts";

const DECIMAL = /^([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,4}))?$/;

/**
 * A number, or the digits of one, as cty sends it: an integer, a double where that is exact, else decimal text.
 * `0.1` is decimal text, for no double is exactly that. Undefined when the text is no number.
 */
export function numberFromJson(json: number | string): CtyValue | undefined {
  if (Number.isSafeInteger(json)) return json as number;
  const match = DECIMAL.exec(String(json));
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  return fromDigits(digits, fraction.length - Number(exponent));
}

/** The number `digits / 10 ** places`. */
function fromDigits(digits: bigint, places: number): CtyValue {
  if (places <= 0) return narrow(digits * 10n ** BigInt(-places));
  const power = 10n ** BigInt(places);
  if (digits % power === 0n) return narrow(digits / power);
  const text = decimalText(digits, places);
  return isExactDouble(digits, places) ? Number(text) : new CtyDecimal(text);
}

function narrow(integer: bigint): number | bigint {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}

/** A fraction is a double when its denominator is a power of two and its numerator fits in 53 bits. */
function isExactDouble(digits: bigint, places: number): boolean {
  const fives = 5n ** BigInt(places);
  if (digits % fives !== 0n) return false;
  const numerator = digits / fives;
  return (numerator < 0n ? -numerator : numerator) < 2n ** 53n;
}

function decimalText(digits: bigint, places: number): string {
  const sign = digits < 0n ? "-" : "";
  const all = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
  const fraction = all.slice(-places).replace(/0+$/, "");
  return `${sign}${all.slice(0, -places)}.${fraction}`;
}

/** The inverse: a JSON number where it keeps every digit, else a string of the digits. */
export function numberToJson(value: number | bigint | CtyDecimal): Json {
  if (typeof value === "number") return value;
  const text = value instanceof CtyDecimal ? value.text : value.toString();
  return String(Number(text)) === text ? Number(text) : text;
}
