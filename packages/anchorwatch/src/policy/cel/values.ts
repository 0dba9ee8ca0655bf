/**
 * Values of expressions: what they are equal to, how they are ordered, calculated and written. Whole numbers are bigints (CEL's int),
 * others numbers (double). JSON knows no difference, so a whole number of the data is an int: `from_port == 22`, `from_port + 1`.
 */
import type { JsonValue } from "../../domain/jsonValue.ts";
import type { Budget } from "./budget.ts";
import { CelFailure } from "./failure.ts";

export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Date
  | CelDuration
  | CelOptional
  | readonly CelValue[]
  | { readonly [key: string]: CelValue | undefined };

export class CelDuration {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** What `.?` gives: a value that may be missing. */
export class CelOptional {
  readonly value: CelValue | undefined;
  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

export type CelMap = { readonly [key: string]: CelValue | undefined };

/** Deeper values are not compared: they would exhaust the stack. */
const DEEPEST = 100;
const SMALLEST_INT = -(2n ** 63n);
const LARGEST_INT = 2n ** 63n - 1n;

/** Of the data: a whole number becomes an int. */
export function fromData(value: CelValue): CelValue {
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
}

export function isList(value: CelValue): value is readonly CelValue[] {
  return Array.isArray(value);
}

export function isMap(value: CelValue): value is CelMap {
  if (typeof value !== "object" || value === null) return false;
  // Nearly all are plain data, which this alone tells.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return (
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof CelDuration) &&
    !(value instanceof CelOptional)
  );
}

export function kindOf(value: CelValue): string {
  if (value === null) return "null";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "double";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (value instanceof Date) return "timestamp";
  if (value instanceof CelDuration) return "duration";
  if (value instanceof CelOptional) return "optional";
  return isList(value) ? "list" : "map";
}

export function equals(one: CelValue, other: CelValue, budget: Budget, depth = 0): boolean {
  if (typeof one === "string" && typeof other === "string") {
    // Of the same length they are compared character by character, whether they are equal or not.
    if (one.length === other.length) budget.takeFor(one.length);
    return one === other;
  }
  if (one === other) return true;
  if (typeof one === "bigint" && typeof other === "bigint") return false;
  const [left, right] = numbers(one, other);
  // Whole and other numbers compare by their value, whichever way they are written: 22 == 22.0.
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0;
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  if (one instanceof CelDuration && other instanceof CelDuration) return one.ms === other.ms;
  if (one instanceof CelOptional && other instanceof CelOptional)
    return one.value === undefined || other.value === undefined
      ? one.value === other.value
      : equals(one.value, other.value, budget, depth);
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (depth > DEEPEST) throw new CelFailure("compares values that are nested too deep");
  if (isList(one) && isList(other)) {
    if (one.length !== other.length) return false;
    budget.take(one.length);
    return one.every((item, i) => equals(fromData(item), fromData(other[i] ?? null), budget, depth + 1));
  }
  if (!isMap(one) || !isMap(other)) return false;
  const keys = Object.keys(one).filter((key) => one[key] !== undefined);
  budget.take(keys.length);
  const others = Object.keys(other).filter((key) => other[key] !== undefined);
  return (
    keys.length === others.length &&
    keys.every((key) => {
      const [value, against] = [one[key], Object.hasOwn(other, key) ? other[key] : undefined];
      return (
        value !== undefined &&
        against !== undefined &&
        equals(fromData(value), fromData(against), budget, depth + 1)
      );
    })
  );
}

/** Negative, zero or positive. */
export function compare(one: CelValue, other: CelValue, budget: Budget): number {
  if (typeof one === "bigint" && typeof other === "bigint") return compareNumbers(one, other);
  const [left, right] = numbers(one, other);
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof one === "string" && typeof other === "string")
    budget.takeFor(Math.min(one.length, other.length));
  if (typeof one === "string" && typeof other === "string") return one < other ? -1 : one > other ? 1 : 0;
  if (typeof one === "boolean" && typeof other === "boolean") return Number(one) - Number(other);
  if (one instanceof Date && other instanceof Date) return one.getTime() - other.getTime();
  if (one instanceof CelDuration && other instanceof CelDuration) return one.ms - other.ms;
  const hint = [one, other].some((value) => typeof value === "string")
    ? "; int(…) or double(…) makes a number of a text"
    : "";
  throw new CelFailure(`cannot order ${kindOf(one)} and ${kindOf(other)}${hint}`);
}

export type Arithmetic = "+" | "-" | "*" | "/" | "%";

export function calculate(op: Arithmetic, one: CelValue, other: CelValue, budget: Budget): CelValue {
  if (typeof one === "bigint" && typeof other === "bigint") return ints(op, one, other);
  if (isNumber(one) && isNumber(other)) return doubles(op, Number(one), Number(other));
  if (op === "+" || op === "-") {
    const found = joined(op, one, other, budget);
    if (found !== undefined) return found;
  }
  throw new CelFailure(`cannot calculate ${kindOf(one)} ${op} ${kindOf(other)}`);
}

/** As a text in a sentence: texts as they are, everything else as JSON; cut. Characters that write nothing become spaces. */
export function writtenValue(value: CelValue, longest: number): string {
  const text = typeof value === "string" ? value.slice(0, longest + 1) : listOrJson(value, longest);
  // Nearly all are of ASCII, for which the short look is several times as fast.
  const plain = /[^ -~]/.test(text) ? text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ") : text;
  // Half a character is no text: databases refuse to look at it.
  return text.length > longest ? `${plain.slice(0, longest).toWellFormed()}…` : plain;
}

/** For people and programs: as it is where it is short, else as a cut text. */
export function shownValue(value: CelValue, longest: number): JsonValue {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return writtenValue(value, longest);
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  if (value instanceof CelOptional)
    return value.value === undefined ? null : shownValue(value.value, longest);
  const json = jsonOf(value, longest + 2);
  if (json.length <= longest && (isList(value) || isMap(value))) return JSON.parse(json) as JsonValue;
  return writtenValue(value, longest);
}

function listOrJson(value: CelValue, longest: number): string {
  if (value instanceof CelOptional)
    return value.value === undefined ? "nothing" : writtenValue(value.value, longest);
  if (!isList(value)) return jsonOf(value, longest + 1).replace(/^"|"$/g, "");
  let text = "";
  for (const [index, item] of value.entries()) {
    if (text.length > longest) break;
    text += `${index === 0 ? "" : ", "}${writtenValue(fromData(item), longest)}`;
  }
  return text;
}

/** JSON, as far as `longest` characters need; what is beyond is not walked. */
function jsonOf(value: CelValue, longest: number, depth = 0): string {
  if (value instanceof Date)
    return JSON.stringify(Number.isNaN(value.getTime()) ? null : value.toISOString());
  if (value instanceof CelDuration) return JSON.stringify(`${value.ms / 1000}s`);
  if (value instanceof CelOptional)
    return value.value === undefined ? "null" : jsonOf(value.value, longest, depth);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") return JSON.stringify(value.slice(0, longest));
  if (value === null || typeof value !== "object") return String(value);
  if (depth > DEEPEST) return '"…"';
  const [open, close] = isList(value) ? ["[", "]"] : ["{", "}"];
  let text = open;
  for (const [key, item] of Object.entries(value) as [string, CelValue | undefined][]) {
    if (item === undefined) continue;
    if (text.length > longest) break;
    if (text.length > 1) text += ",";
    text += `${isList(value) ? "" : `${JSON.stringify(key.slice(0, longest))}:`}${jsonOf(item, longest, depth + 1)}`;
  }
  return text + close;
}

function isNumber(value: CelValue): value is bigint | number {
  return typeof value === "bigint" || typeof value === "number";
}

/** Numbers that a double cannot hold are texts in the data: against a number they count as what they say. */
function numbers(one: CelValue, other: CelValue): readonly [CelValue, CelValue] {
  if (isNumber(one) && typeof other === "string") return [one, largeNumber(other)];
  if (typeof one === "string" && isNumber(other)) return [largeNumber(one), other];
  return [one, other];
}

/** Only what JSON could not carry as a number: "22" stays a text. */
function largeNumber(text: string): CelValue {
  if (text.length < 16 || text.length > 60 || !/^-?[0-9]+(\.[0-9]+)?$/.test(text)) return text;
  if (text.includes(".")) return String(Number(text)) === text ? text : Number(text);
  return Number.isSafeInteger(Number(text)) ? text : BigInt(text);
}

function compareNumbers(one: bigint | number, other: bigint | number): number {
  return one < other ? -1 : one > other ? 1 : one >= other ? 0 : Number.NaN;
}

function ints(op: Arithmetic, one: bigint, other: bigint): bigint {
  if ((op === "/" || op === "%") && other === 0n) throw new CelFailure("divides by zero");
  const result = OPERATIONS[op](one, other);
  if (result < SMALLEST_INT || result > LARGEST_INT)
    throw new CelFailure("calculates a number that is too large");
  return result;
}

const OPERATIONS: Readonly<Record<Arithmetic, (one: bigint, other: bigint) => bigint>> = {
  "+": (one, other) => one + other,
  "-": (one, other) => one - other,
  "*": (one, other) => one * other,
  "/": (one, other) => one / other,
  "%": (one, other) => one % other,
};

function doubles(op: Arithmetic, one: number, other: number): number {
  switch (op) {
    case "+":
      return one + other;
    case "-":
      return one - other;
    case "*":
      return one * other;
    case "/":
      if (other === 0) throw new CelFailure("divides by zero");
      return one / other;
    case "%":
      throw new CelFailure("cannot calculate double % double");
  }
}

function joined(op: "+" | "-", one: CelValue, other: CelValue, budget: Budget): CelValue | undefined {
  if (one instanceof Date && other instanceof Date && op === "-")
    return new CelDuration(one.getTime() - other.getTime());
  if (one instanceof Date && other instanceof CelDuration)
    return new Date(one.getTime() + (op === "+" ? other.ms : -other.ms));
  if (one instanceof CelDuration && other instanceof CelDuration)
    return new CelDuration(op === "+" ? one.ms + other.ms : one.ms - other.ms);
  if (op === "-") return undefined;
  if (one instanceof CelDuration && other instanceof Date) return new Date(other.getTime() + one.ms);
  if (typeof one === "string" && typeof other === "string") {
    budget.takeFor(one.length + other.length);
    return one + other;
  }
  if (isList(one) && isList(other)) {
    budget.take(one.length + other.length);
    return [...one, ...other];
  }
  return undefined;
}
