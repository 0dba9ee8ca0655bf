import { CtyDecimal } from "../cty/value.ts";

/** Larger exponents are no number of any configuration, and expanding them would take memory without bound. */
const MAX_EXPONENT = 1000;

/** Characters; work grows with the square of them. */
const MAX_LENGTH = 10_000;

const NUMBER = /^-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/**
 * A decimal literal as an exact number: a JavaScript number where that holds it, a bigint for larger integers,
 * else a decimal. Undefined where the text is no number, is longer than 10,000 characters or its exponent is beyond ±1000.
 */
export function numberLiteral(text: string): number | bigint | CtyDecimal | undefined {
  const match = text.length > MAX_LENGTH ? null : NUMBER.exec(text);
  if (match === null) return undefined;
  const [, whole = "", fraction = "", exponentText = "0"] = match;
  if (exponentText.length > 6 || Math.abs(Number(exponentText)) > MAX_EXPONENT) return undefined;
  const negative = text.startsWith("-");
  const plain = shift(whole, fraction, Number(exponentText));
  const signed = negative && plain !== "0" ? `-${plain}` : plain;
  if (!plain.includes(".")) return integer(signed);
  return plainForm(Number(signed)) === signed ? Number(signed) : new CtyDecimal(signed);
}

/** `1e-7`, as JavaScript writes it, is `0.0000001`. */
function plainForm(value: number): string {
  const [, whole = "", fraction = "", exponent = "0"] = NUMBER.exec(String(value)) ?? [];
  return `${value < 0 ? "-" : ""}${shift(whole, fraction, Number(exponent))}`;
}

function integer(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** Digits with the decimal point moved, without needless zeros: the one plain form of the number. */
function shift(whole: string, fraction: string, exponent: number): string {
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const padded = digits.padStart(digits.length + Math.max(0, -point), "0").padEnd(Math.max(0, point), "0");
  const at = Math.max(0, point);
  const left = padded.slice(0, at).replace(/^0+/, "") || "0";
  const right = padded.slice(at).replace(/0+$/, "");
  return right === "" ? left : `${left}.${right}`;
}
