/** JSON as values of the domain: no number loses a digit, and no key is anything but data. */
import { Decimal, type Value } from "../../../domain/value.ts";
import type { JsonScanner } from "./scanner.ts";

/** Larger exponents and longer numbers are no value of a resource, and expanding them would take time without bound. */
const MAX_EXPONENT = 1000;
const MAX_LENGTH = 4000;

const NUMBER = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/** The value that comes next. Of two members with one key the last one counts, as in Go. */
export function readValue(scanner: JsonScanner): Value {
  switch (scanner.kind()) {
    case "string":
      return scanner.string();
    case "array":
      return readArray(scanner);
    case "object":
      return readObject(scanner);
    case "number":
      return readNumber(scanner.token());
    case "bool":
      return scanner.token() === "true";
    case "null":
      scanner.token();
      return null;
  }
}

function readArray(scanner: JsonScanner): readonly Value[] {
  const elements: Value[] = [];
  scanner.array(() => {
    elements.push(readValue(scanner));
  });
  return elements;
}

function readObject(scanner: JsonScanner): Value {
  const members: Record<string, Value> = Object.create(null);
  scanner.object((key) => {
    members[key] = readValue(scanner);
  });
  return members;
}

/** A number of JSON, exactly: a bigint beyond 2^53, a {@link Decimal} where a double says something else. */
export function readNumber(text: string): number | bigint | Decimal {
  if (text.length > MAX_LENGTH) return new Decimal(text);
  const [, minus = "", whole = "", fraction = "", exponentText = "0"] = NUMBER.exec(text) ?? [];
  const exponent = Number(exponentText);
  if (exponentText.length > 6 || Math.abs(exponent) > MAX_EXPONENT) return new Decimal(text);
  const plain = shift(whole, fraction, exponent);
  const signed = plain === "0" ? plain : minus + plain;
  const double = Number(signed);
  if (plain.includes(".")) return String(double) === signed ? double : new Decimal(signed);
  return Number.isSafeInteger(double) ? double : BigInt(signed);
}

/** Digits with the decimal point moved, without needless zeros: the one plain form of the number. */
function shift(whole: string, fraction: string, exponent: number): string {
  const point = whole.length + exponent;
  const digits = (whole + fraction).padEnd(point, "0");
  const padded = digits.padStart(digits.length - Math.min(0, point), "0");
  const at = Math.max(0, point);
  const left = padded.slice(0, at).replace(/^0+/, "") || "0";
  const right = padded.slice(at).replace(/0+$/, "");
  return right === "" ? left : `${left}.${right}`;
}
