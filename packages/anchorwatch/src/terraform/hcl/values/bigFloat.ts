/**
 * Terraform's numbers: binary floating point with 512 bits, rounded to nearest and ties to even. A value is
 * mantissa · 2^exponent with an odd mantissa (or 0·2^0), so that equal numbers are equal field by field.
 */
import { EvaluationFailure } from "../failure.ts";

export interface BigFloat {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const PRECISION = 512;

/** Beyond any number of a configuration; larger exponents would take memory without bound when written out. */
const MAX_EXPONENT = 8192;

export const ZERO: BigFloat = { mantissa: 0n, exponent: 0 };

export function fromInteger(value: bigint | number): BigFloat {
  return rounded(BigInt(value), 0);
}

/** The number that the shortest text of a double names. @throws EvaluationFailure for an infinity and NaN */
export function fromDouble(value: number): BigFloat {
  const number = Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
  if (number === undefined) throw new EvaluationFailure("the result is not a finite number");
  return number;
}

const DECIMAL = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,6}))?$/;

/** The nearest number to a decimal text; undefined where the text is none. */
export function parseDecimal(text: string): BigFloat | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponentText = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const exponent = Number(exponentText) - fraction.length;
  if (Math.abs(exponent) > MAX_EXPONENT || whole.length > MAX_EXPONENT) throw tooLarge();
  const digits = BigInt(`${whole}${fraction}`);
  const signed = sign === "-" ? -digits : digits;
  return exponent >= 0
    ? rounded(signed * 10n ** BigInt(exponent), 0)
    : quotient(signed, 10n ** BigInt(-exponent), 0);
}

export function add(a: BigFloat, b: BigFloat): BigFloat {
  const exponent = Math.min(a.exponent, b.exponent);
  const left = a.mantissa << BigInt(a.exponent - exponent);
  const right = b.mantissa << BigInt(b.exponent - exponent);
  return rounded(left + right, exponent);
}

export function negate(a: BigFloat): BigFloat {
  return { mantissa: -a.mantissa, exponent: a.exponent };
}

export function subtract(a: BigFloat, b: BigFloat): BigFloat {
  return add(a, negate(b));
}

export function multiply(a: BigFloat, b: BigFloat): BigFloat {
  return rounded(a.mantissa * b.mantissa, a.exponent + b.exponent);
}

/** @throws EvaluationFailure on a division by zero */
export function divide(a: BigFloat, b: BigFloat): BigFloat {
  if (b.mantissa === 0n) throw new EvaluationFailure("division by zero");
  return quotient(a.mantissa, b.mantissa, a.exponent - b.exponent);
}

/** With the sign of the dividend, as Terraform's `%`. */
export function modulo(a: BigFloat, b: BigFloat): BigFloat {
  if (b.mantissa === 0n) throw new EvaluationFailure("division by zero");
  return subtract(a, multiply(b, fromInteger(truncate(divide(a, b)))));
}

export function compare(a: BigFloat, b: BigFloat): number {
  const difference = subtract(a, b).mantissa;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isInteger(a: BigFloat): boolean {
  return a.exponent >= 0;
}

/** Towards zero. */
export function truncate(a: BigFloat): bigint {
  if (a.exponent >= 0) return a.mantissa << BigInt(a.exponent);
  const shift = BigInt(-a.exponent);
  return a.mantissa < 0n ? -(-a.mantissa >> shift) : a.mantissa >> shift;
}

export function floor(a: BigFloat): bigint {
  return a.exponent >= 0 ? truncate(a) : a.mantissa >> BigInt(-a.exponent);
}

export function ceil(a: BigFloat): bigint {
  return -floor(negate(a));
}

export function toDouble(a: BigFloat): number {
  return Number(toText(a));
}

/** The shortest decimal text that reads back as the same number, without an exponent. */
export function toText(a: BigFloat): string {
  if (a.exponent >= 0) return String(truncate(a));
  const short = shortText(a);
  if (short !== undefined) return short;
  const negative = a.mantissa < 0n;
  const mantissa = negative ? -a.mantissa : a.mantissa;
  return `${negative ? "-" : ""}${shortest(mantissa, a.exponent)}`;
}

/**
 * The text of the nearest double, where it reads back as the very same number: no other decimal of so few digits can,
 * since 512 bits tell all decimals of 17 digits apart. Nearly every number of a configuration ends here.
 */
function shortText(a: BigFloat): string | undefined {
  const extra = Math.max(0, bitLength(a.mantissa < 0n ? -a.mantissa : a.mantissa) - 64);
  const double = Number(a.mantissa >> BigInt(extra)) * 2 ** (a.exponent + extra);
  const text = String(double);
  if (!PLAIN.test(text)) return undefined;
  const read = parseDecimal(text);
  return read?.mantissa === a.mantissa && read.exponent === a.exponent ? text : undefined;
}

const PLAIN = /^-?[0-9]+\.[0-9]+$/;

/** Of all decimals nearer to the number than to its neighbours, the one with the fewest digits. */
function shortest(mantissa: bigint, exponent: number): string {
  // Half a unit in the last of 512 places is 1 here.
  const widen = PRECISION + 1 - bitLength(mantissa);
  const wide = mantissa << BigInt(widen);
  const places = widen - exponent;
  const inclusive = (wide & 2n) === 0n;
  // Digits after the point of all three: value · 10^places = wide · 5^places.
  const scale = 5n ** BigInt(places);
  const exact = pointed(wide * scale, places);
  const lower = aligned(pointed((wide - 1n) * scale, places), exact);
  const upper = aligned(pointed((wide + 1n) * scale, places), exact);
  return render(roundedDigits(exact, lower, upper, inclusive));
}

interface Digits {
  readonly digits: string;
  /** How many of the digits stand before the decimal point. */
  readonly point: number;
}

function pointed(scaled: bigint, places: number): Digits {
  const digits = scaled.toString();
  return { digits: digits.replace(/0+$/, ""), point: digits.length - places };
}

/** The same number with as many digits before the point as `other` has. */
function aligned(number: Digits, other: Digits): Digits {
  const missing = other.point - number.point;
  return missing > 0 ? { digits: "0".repeat(missing) + number.digits, point: other.point } : number;
}

function roundedDigits(exact: Digits, lower: Digits, upper: Digits, inclusive: boolean): Digits {
  const shift = upper.point - exact.point;
  const value = "0".repeat(shift) + exact.digits;
  const low = "0".repeat(shift) + lower.digits;
  let lowerDiffers = false;
  let upperDiffers = false;
  for (let index = 0; index < value.length; index++) {
    const [l, m, u] = [digitAt(low, index), digitAt(value, index), digitAt(upper.digits, index)];
    lowerDiffers ||= l !== m;
    const okDown = lowerDiffers || (inclusive && index + 1 === low.length);
    const okUp: boolean =
      upperDiffers || (m !== u && (inclusive || m + 1 < u || index + 1 < upper.digits.length));
    upperDiffers ||= m + 1 < u;
    const kept = value.slice(0, index + 1);
    if (okDown && okUp) {
      const next = digitAt(value, index + 1);
      const roundUp = next > 5 || (next === 5 && (index + 2 < value.length || m % 2 === 1));
      return { digits: roundUp ? increment(kept) : kept, point: upper.point };
    }
    if (okDown) return { digits: kept, point: upper.point };
    if (okUp) return { digits: increment(kept), point: upper.point };
  }
  return { digits: value, point: upper.point };
}

function digitAt(digits: string, index: number): number {
  return index < digits.length ? digits.charCodeAt(index) - 48 : 0;
}

function increment(digits: string): string {
  return (BigInt(digits) + 1n).toString().padStart(digits.length, "0");
}

function render({ digits, point }: Digits): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const fraction = point > 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  const left = whole.replace(/^0+(?=.)/, "");
  const right = fraction.replace(/0+$/, "");
  return right === "" ? left : `${left}.${right}`;
}

/** numerator / denominator · 2^exponent, rounded once. */
function quotient(numerator: bigint, denominator: bigint, exponent: number): BigFloat {
  const negative = numerator < 0n !== denominator < 0n;
  const top = numerator < 0n ? -numerator : numerator;
  const bottom = denominator < 0n ? -denominator : denominator;
  const shift = Math.max(0, PRECISION + 2 - bitLength(top) + bitLength(bottom));
  const shifted = top << BigInt(shift);
  // A last bit that says whether anything is left, so that rounding knows a tie from more than a tie.
  const result = ((shifted / bottom) << 1n) | (shifted % bottom === 0n ? 0n : 1n);
  return rounded(negative ? -result : result, exponent - shift - 1);
}

function rounded(mantissa: bigint, exponent: number): BigFloat {
  if (mantissa === 0n) return ZERO;
  const negative = mantissa < 0n;
  let magnitude = negative ? -mantissa : mantissa;
  let power = exponent;
  const excess = bitLength(magnitude) - PRECISION;
  if (excess > 0) {
    const half = 1n << BigInt(excess - 1);
    const rest = magnitude & ((1n << BigInt(excess)) - 1n);
    magnitude >>= BigInt(excess);
    power += excess;
    if (rest > half || (rest === half && (magnitude & 1n) === 1n)) magnitude += 1n;
  }
  const zeros = trailingZeros(magnitude);
  power += zeros;
  magnitude >>= BigInt(zeros);
  if (Math.abs(power) > MAX_EXPONENT * 4) throw tooLarge();
  return { mantissa: negative ? -magnitude : magnitude, exponent: power };
}

function bitLength(magnitude: bigint): number {
  const hex = magnitude.toString(16);
  return hex.length * 4 - (Math.clz32(Number.parseInt(hex[0] ?? "0", 16)) - 28);
}

function trailingZeros(magnitude: bigint): number {
  return bitLength(magnitude & -magnitude) - 1;
}

function tooLarge(): EvaluationFailure {
  return new EvaluationFailure("a number is too large or too small to work with");
}
