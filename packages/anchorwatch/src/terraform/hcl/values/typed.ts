/**
 * A value with its type, as Terraform's evaluator knows it: what cannot be seen from the bare value (is this a list, a
 * set or a tuple? of what is the empty list?) decides what functions and operators do with it. Immutable.
 */
import { EvaluationFailure, type UnknownReason } from "../failure.ts";
import type { BigFloat } from "./bigFloat.ts";
import { compareText } from "./order.ts";
import { BOOL, DYNAMIC, NUMBER, STRING, type Type } from "./type.ts";

/** Told once when a value is made, so that no question about a large value walks it again. */
interface Facts {
  /** How much memory and work it stands for, every occurrence counted: shared parts multiply when written out. */
  readonly weight: number;
  readonly depth: number;
  /** No unknown anywhere inside. */
  readonly wholeKnown: boolean;
  /** Marked itself (`sensitive()`, a sensitive variable). */
  readonly sensitive: boolean;
  /** Marked itself or anywhere inside. */
  readonly holdsSensitive: boolean;
}

type NullValue = Facts & { readonly kind: "null"; readonly type: Type };
type UnknownValue = Facts & {
  readonly kind: "unknown";
  readonly type: Type;
  readonly reasons: readonly UnknownReason[];
};
type TextValue = Facts & { readonly kind: "string"; readonly text: string };
type NumberValue = Facts & { readonly kind: "number"; readonly number: BigFloat };
type BoolValue = Facts & { readonly kind: "bool"; readonly bool: boolean };
/** A set's items are in Terraform's order, without duplicates: see `sets.ts`. */
type CollectionValue = Facts & {
  readonly kind: "list" | "set";
  readonly element: Type;
  readonly items: readonly Typed[];
};
type TupleValue = Facts & { readonly kind: "tuple"; readonly items: readonly Typed[] };
/** Entries are in the order of their keys. */
type MapValue = Facts & {
  readonly kind: "map";
  readonly element: Type;
  readonly entries: ReadonlyMap<string, Typed>;
};
type ObjectValue = Facts & { readonly kind: "object"; readonly entries: ReadonlyMap<string, Typed> };

export type Typed =
  | NullValue
  | UnknownValue
  | TextValue
  | NumberValue
  | BoolValue
  | CollectionValue
  | TupleValue
  | MapValue
  | ObjectValue;

/** A hundred times what any configuration holds; values are untrusted and double with every line that joins two. */
const MAX_WEIGHT = 1_000_000;
const MAX_DEPTH = 150;

/** More would tell nobody more. */
const MAX_REASONS = 8;

const SCALAR: Facts = { weight: 1, depth: 0, wholeKnown: true, sensitive: false, holdsSensitive: false };

export const TRUE: Typed = { ...SCALAR, kind: "bool", bool: true };
export const FALSE: Typed = { ...SCALAR, kind: "bool", bool: false };
export const NULL: Typed = nullOf(DYNAMIC);

export function nullOf(type: Type): Typed {
  return { ...SCALAR, kind: "null", type };
}

export function unknownOf(type: Type, reasons: readonly UnknownReason[]): Typed {
  return { ...SCALAR, wholeKnown: false, kind: "unknown", type, reasons: reasons.slice(0, MAX_REASONS) };
}

export function text(value: string): Typed {
  return { ...SCALAR, weight: checkedTextWeight(value.length), kind: "string", text: value };
}

export function number(value: BigFloat): Typed {
  return { ...SCALAR, kind: "number", number: value };
}

export function bool(value: boolean): Typed {
  return value ? TRUE : FALSE;
}

export function tuple(items: readonly Typed[]): Typed {
  return { ...factsOf(items), kind: "tuple", items };
}

/** The items must already be of the element's type. */
export function list(items: readonly Typed[], element: Type): Typed {
  return { ...factsOf(items), kind: "list", element, items };
}

/** Only for `sets.ts`, which sorts and removes duplicates. */
export function setOfDistinct(items: readonly Typed[], element: Type): Typed {
  return { ...factsOf(items), kind: "set", element, items };
}

export function object(entries: Iterable<readonly [string, Typed]>): Typed {
  const sorted = sortedEntries(entries);
  return { ...factsOf(sorted.values()), kind: "object", entries: sorted };
}

/** The values must already be of the element's type. */
export function map(entries: Iterable<readonly [string, Typed]>, element: Type): Typed {
  const sorted = sortedEntries(entries);
  return { ...factsOf(sorted.values()), kind: "map", element, entries: sorted };
}

function sortedEntries(entries: Iterable<readonly [string, Typed]>): ReadonlyMap<string, Typed> {
  return new Map([...new Map(entries)].sort(([a], [b]) => compareText(a, b)));
}

function factsOf(parts: Iterable<Typed>): Facts {
  let weight = 1;
  let depth = 0;
  let wholeKnown = true;
  let holdsSensitive = false;
  for (const part of parts) {
    weight += part.weight;
    depth = Math.max(depth, part.depth);
    wholeKnown &&= part.wholeKnown;
    holdsSensitive ||= part.holdsSensitive;
  }
  if (depth >= MAX_DEPTH)
    throw new EvaluationFailure(`a value is nested deeper than ${MAX_DEPTH} levels`, { limit: true });
  return { weight: checkedWeight(weight), depth: depth + 1, wholeKnown, sensitive: false, holdsSensitive };
}

/** For work that makes a large value at once: asked before it starts. */
export function checkedWeight(weight: number): number {
  if (weight > MAX_WEIGHT)
    throw new EvaluationFailure("a value grows larger than any configuration needs", { limit: true });
  return weight;
}

/** The same of a text of so many characters. */
export function checkedTextWeight(length: number): number {
  // No shift: products of lengths go far beyond the 32 bits that a shift knows.
  return checkedWeight(1 + Math.floor(length / 16));
}

/** The value with the mark of a secret. */
export function marked(value: Typed, sensitive = true): Typed {
  return sensitive && !value.sensitive ? { ...value, sensitive: true, holdsSensitive: true } : value;
}

/** Without its own mark; what is marked inside stays so. */
export function unmarked(value: Typed): Typed {
  if (!value.sensitive) return value;
  return { ...value, sensitive: false, holdsSensitive: partsOf(value).some((part) => part.holdsSensitive) };
}

/** The direct parts of a collection or structure; nothing for other values. */
export function partsOf(value: Typed): readonly Typed[] {
  if ("items" in value) return value.items;
  return "entries" in value ? [...value.entries.values()] : [];
}

/** Why parts of these values are unknown. */
export function reasonsOf(values: Iterable<Typed>): readonly UnknownReason[] {
  const reasons: UnknownReason[] = [];
  for (const value of values) {
    if (value.wholeKnown) continue;
    if (value.kind === "unknown") reasons.push(...value.reasons);
    else reasons.push(...reasonsOf(partsOf(value)));
    if (reasons.length >= MAX_REASONS) break;
  }
  return distinctReasons(reasons).slice(0, MAX_REASONS);
}

function distinctReasons(reasons: readonly UnknownReason[]): readonly UnknownReason[] {
  return [
    ...new Map(reasons.map((reason) => [`${reason.file}:${reason.line}:${reason.reason}`, reason])).values(),
  ];
}

export function typeOf(value: Typed): Type {
  switch (value.kind) {
    case "null":
    case "unknown":
      return value.type;
    case "string":
      return STRING;
    case "number":
      return NUMBER;
    case "bool":
      return BOOL;
    case "tuple":
      return { kind: "tuple", elements: value.items.map(typeOf) };
    case "object":
      return {
        kind: "object",
        attributes: new Map([...value.entries].map(([name, part]) => [name, typeOf(part)])),
      };
    default:
      return { kind: value.kind, element: value.element };
  }
}
