/** The verbs of `format`: Go's fmt as far as Terraform lets it through. */
import { EvaluationFailure } from "../failure.ts";
import { type BigFloat, isInteger, toDouble, toText, truncate } from "../values/bigFloat.ts";
import { tryConvert } from "../values/convert.ts";
import { BOOL, NUMBER, STRING } from "../values/type.ts";
import type { Typed } from "../values/typed.ts";
import { jsonText, toJson } from "./json.ts";

export interface Verb {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  /** Which of the values, from 0: the next one, or the one that `%[2]s` names. */
  readonly index: number;
  readonly letter: string;
}

const VERB = /%(?:%|([#+\- 0]*)([0-9]{0,6})(?:\.([0-9]{0,6}))?(?:\[([0-9]{1,6})\])?([A-Za-z])|(.?))/gsu;
const LETTERS = "vdboxXeEfgGsqt";
const MAX_WIDTH = 10_000;

/** Literal text and verbs, in order. @throws EvaluationFailure for a format that is none */
export function parseFormat(pattern: string): (string | Verb)[] {
  const pieces: (string | Verb)[] = [];
  let after = 0;
  let next = 0;
  for (const match of pattern.matchAll(VERB)) {
    pieces.push(pattern.slice(after, match.index));
    after = match.index + match[0].length;
    if (match[0] === "%%") {
      pieces.push("%");
      continue;
    }
    const verb = parseVerb(match, next);
    next = verb.index + 1;
    pieces.push(verb);
  }
  pieces.push(pattern.slice(after));
  return pieces;
}

function parseVerb(match: RegExpExecArray, next: number): Verb {
  const [whole, flags = "", width = "", precision, index, letter = ""] = match;
  if (letter === "" || !LETTERS.includes(letter))
    throw new EvaluationFailure(`the format holds \`${whole}\`, which is no verb`);
  const sizes = [Number(width), Number(precision ?? 0)];
  if (sizes.some((size) => size > MAX_WIDTH))
    throw new EvaluationFailure(`a format may be ${MAX_WIDTH} characters wide at most`, { limit: true });
  return {
    flags,
    width: Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    index: index === undefined ? next : Number(index) - 1,
    letter,
  };
}

export function formatVerb(verb: Verb, value: Typed): string {
  if (value.kind === "null" && verb.letter !== "v")
    throw new EvaluationFailure(`\`%${verb.letter}\` cannot show null`);
  switch (verb.letter) {
    case "v":
      return defaultFormat(verb, value);
    case "s":
      return pad(verb, cut(verb, textOf(verb, value)));
    case "q":
      return pad(verb, jsonText(textOf(verb, value)));
    case "t":
      return pad({ ...verb, width: 0 }, String(boolOf(verb, value)));
    default:
      return formatNumber(verb, numberOf(verb, value));
  }
}

function defaultFormat(verb: Verb, value: Typed): string {
  if (verb.flags.includes("#")) return pad(verb, toJson(value));
  if (value.kind === "number") return formatNumber({ ...verb, letter: "g" }, value.number);
  if (value.kind === "string") return pad(verb, cut(verb, value.text));
  return pad(verb, toJson(value));
}

function textOf(verb: Verb, value: Typed): string {
  const converted = tryConvert(value, STRING);
  if (converted?.kind !== "string") throw unsuitable(verb, "a string");
  return converted.text;
}

function boolOf(verb: Verb, value: Typed): boolean {
  const converted = tryConvert(value, BOOL);
  if (converted?.kind !== "bool") throw unsuitable(verb, "a bool");
  return converted.bool;
}

function numberOf(verb: Verb, value: Typed): BigFloat {
  const converted = tryConvert(value, NUMBER);
  if (converted?.kind !== "number") throw unsuitable(verb, "a number");
  return converted.number;
}

function unsuitable(verb: Verb, expected: string): EvaluationFailure {
  return new EvaluationFailure(`\`%${verb.letter}\` needs ${expected}`);
}

function cut(verb: Verb, value: string): string {
  return verb.precision === undefined ? value : [...value].slice(0, verb.precision).join("");
}

function formatNumber(verb: Verb, value: BigFloat): string {
  const negative = value.mantissa < 0n;
  const sign = negative ? "-" : verb.flags.includes("+") ? "+" : verb.flags.includes(" ") ? " " : "";
  const digits = magnitude(verb, value).replace(/^-/, "");
  const zeros = verb.flags.includes("0") && !verb.flags.includes("-");
  return zeros ? sign + digits.padStart(verb.width - sign.length, "0") : pad(verb, sign + digits);
}

const BASES: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  b: [2, "0b"],
  o: [8, "0"],
  d: [10, ""],
  x: [16, "0x"],
  X: [16, "0X"],
};

function magnitude(verb: Verb, value: BigFloat): string {
  const base = BASES[verb.letter];
  if (base === undefined) return floatText(verb, value);
  if (!isInteger(value)) throw unsuitable(verb, "a whole number");
  const digits = truncate(value).toString(base[0]).replace(/^-/, "");
  const prefix = verb.flags.includes("#") ? base[1] : "";
  return prefix + (verb.letter === "X" ? digits.toUpperCase() : digits);
}

function floatText(verb: Verb, value: BigFloat): string {
  switch (verb.letter) {
    case "e":
      return exponentText(value, verb.precision ?? 6);
    case "E":
      return exponentText(value, verb.precision ?? 6).toUpperCase();
    case "f":
      return fixedText(value, verb.precision ?? 6);
    case "G":
      return generalText(value, verb.precision).toUpperCase();
    default:
      return generalText(value, verb.precision);
  }
}

const MAX_PLACES = 100;

function checkPlaces(places: number): void {
  if (places > MAX_PLACES)
    throw new EvaluationFailure(`a format may show ${MAX_PLACES} digits at most`, { limit: true });
}

/** Rounded half to even on the exact value. */
function fixedText(value: BigFloat, places: number): string {
  checkPlaces(places);
  const scaled = value.mantissa * 10n ** BigInt(places);
  const whole = value.exponent >= 0 ? scaled << BigInt(value.exponent) : roundShift(scaled, -value.exponent);
  const digits = (whole < 0n ? -whole : whole).toString().padStart(places + 1, "0");
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

function roundShift(scaled: bigint, shift: number): bigint {
  const magnitudeOf = scaled < 0n ? -scaled : scaled;
  const half = 1n << BigInt(shift - 1);
  const whole = magnitudeOf >> BigInt(shift);
  const rest = magnitudeOf - (whole << BigInt(shift));
  return rest > half || (rest === half && (whole & 1n) === 1n) ? whole + 1n : whole;
}

function exponentText(value: BigFloat, places: number): string {
  checkPlaces(places);
  return padExponent(toDouble(value).toExponential(places));
}

/** Go writes at least two digits of exponent. */
function padExponent(written: string): string {
  return written.replace(/e([+-])(\d)$/, "e$10$2");
}

/** Plain from 10^-4 up to 10^6 (or the precision asked for), else with an exponent: Go's `%g`. */
function generalText(value: BigFloat, precision: number | undefined): string {
  const places = Math.max(1, precision ?? 6);
  checkPlaces(places);
  const { digits, point } = significant(
    precision === undefined ? toText(value) : toDouble(value).toExponential(places - 1),
  );
  const exponent = digits === "" ? 0 : point - 1;
  // Go's rule: with a precision that all digits fit into, the exponent starts where the digits end.
  const limit =
    precision !== undefined && places > digits.length && digits.length >= point ? digits.length : places;
  if (exponent >= -4 && exponent < limit) return plainText(digits, point);
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return padExponent(`${digits[0] ?? "0"}${fraction}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`);
}

function significant(plain: string): { readonly digits: string; readonly point: number } {
  const [coefficient = "", power = "0"] = plain.replace("-", "").split("e");
  const [whole = "", fraction = ""] = coefficient.split(".");
  const leading = (whole + fraction).match(/^0*/)?.[0].length ?? 0;
  const digits = (whole + fraction).slice(leading).replace(/0+$/, "");
  return { digits, point: whole.length - leading + Number(power) };
}

function plainText(digits: string, point: number): string {
  if (digits === "") return "0";
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return digits.padEnd(point, "0");
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function pad(verb: Verb, value: string): string {
  const missing = verb.width - [...value].length;
  if (missing <= 0) return value;
  if (verb.flags.includes("-")) return value + " ".repeat(missing);
  return (verb.flags.includes("0") ? "0" : " ").repeat(missing) + value;
}
