/** Between typed values and the product's own. */
import { CtyDecimal, numberLiteral } from "tfprovider/hcl";
import type { Path } from "../../../domain/path.ts";
import { Decimal, isArray, isObject, objectOf, Unknown, unknown, type Value } from "../../../domain/value.ts";
import { EvaluationFailure, type UnknownReason } from "../failure.ts";
import { type BigFloat, parseDecimal, toText } from "./bigFloat.ts";
import { DYNAMIC } from "./type.ts";
import { bool, NULL, number, object, type Typed, text, tuple, unknownOf } from "./typed.ts";

/** Marks and reasons are not part of a value: see {@link sensitivePaths} and {@link unknownPaths}. */
export function toValue(typed: Typed): Value {
  switch (typed.kind) {
    case "null":
      return null;
    case "unknown":
      return unknown;
    case "string":
      return typed.text;
    case "bool":
      return typed.bool;
    case "number":
      return toNumber(typed.number);
    case "map":
    case "object":
      return objectOf([...typed.entries].map(([key, part]) => [key, toValue(part)] as const));
    default:
      return typed.items.map(toValue);
  }
}

/** A number where a double holds it, a bigint for larger integers, else a decimal. */
function toNumber(value: BigFloat): number | bigint | Decimal {
  const exact = toText(value);
  const literal = numberLiteral(exact);
  return literal === undefined || literal instanceof CtyDecimal ? new Decimal(exact) : literal;
}

/** @param reasons why what is unknown in the value is so */
export function fromValue(value: Value, reasons: readonly UnknownReason[] = []): Typed {
  if (value === null) return NULL;
  if (typeof value === "boolean") return bool(value);
  if (typeof value === "string") return text(value);
  if (typeof value === "number" || typeof value === "bigint") return number(fromText(String(value)));
  if (value instanceof Decimal) return number(fromText(value.text));
  if (value instanceof Unknown) return unknownOf(DYNAMIC, reasons);
  if (isArray(value)) return tuple(value.map((item) => fromValue(item, reasons)));
  if (!isObject(value)) return NULL;
  return object(Object.entries(value).map(([key, part]) => [key, fromValue(part, reasons)] as const));
}

function fromText(decimal: string): BigFloat {
  const parsed = parseDecimal(decimal);
  if (parsed === undefined) throw new EvaluationFailure(`\`${decimal}\` is not a number`);
  return parsed;
}

/** Where the value holds secrets; the empty path is the whole. */
export function sensitivePaths(typed: Typed, path: Path = []): Path[] {
  if (!typed.holdsSensitive) return [];
  if (typed.sensitive) return [path];
  return children(typed).flatMap(([step, part]) => sensitivePaths(part, [...path, step]));
}

export interface UnknownPlace {
  readonly path: Path;
  readonly reasons: readonly UnknownReason[];
}

/** Where the value is not known, and why. */
export function unknownPaths(typed: Typed, path: Path = []): UnknownPlace[] {
  if (typed.wholeKnown) return [];
  if (typed.kind === "unknown") return [{ path, reasons: typed.reasons }];
  return children(typed).flatMap(([step, part]) => unknownPaths(part, [...path, step]));
}

function children(typed: Typed): (readonly [string | number, Typed])[] {
  if ("items" in typed) return typed.items.map((item, index) => [index, item] as const);
  return "entries" in typed ? [...typed.entries] : [];
}
