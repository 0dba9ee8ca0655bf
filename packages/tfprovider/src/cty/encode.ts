/** Values to MessagePack bytes, by type: the inverse of `decode.ts`. */
import { Encoder, ExtData } from "@msgpack/msgpack";
import { ProviderError } from "../errors.ts";
import { typeFromJson } from "./decode.ts";
import type { CtyType, ObjectType } from "./type.ts";
import { CtyDecimal, CtyDynamic, CtyUnknown, type CtyValue, isCtyObject } from "./value.ts";

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

const encoder = new Encoder({ useBigInt64: true });

/** @throws ProviderError `cty_encode_failed`, with the path of the value that does not fit. */
export function encodeCty(value: CtyValue, type: CtyType): Uint8Array {
  return encoder.encode(wireForm(value, type, []));
}

type EncodePath = readonly (string | number)[];

/** The value in the terms of the MessagePack library. */
function wireForm(value: CtyValue, type: CtyType, path: EncodePath): unknown {
  if (value === null) return null;
  if (value instanceof CtyUnknown) return unknownForm(value);
  switch (type.kind) {
    case "string":
    case "bool":
      expect(typeof value === (type.kind === "bool" ? "boolean" : "string"), path, type.kind, value);
      return value;
    case "number":
      return numberForm(value, path);
    case "dynamic":
      expect(value instanceof CtyDynamic, path, "a value with its type", value);
      return [
        new TextEncoder().encode(value.typeJson),
        wireForm(value.value, typeFromJson(value.typeJson), path),
      ];
    case "list":
    case "set":
      expect(Array.isArray(value), path, `a ${type.kind}`, value);
      return value.map((element, index) => wireForm(element, type.element, [...path, index]));
    case "tuple":
      expect(Array.isArray(value) && value.length === type.elements.length, path, "a tuple", value);
      return value.map((element, index) =>
        wireForm(element, type.elements[index] as CtyType, [...path, index]),
      );
    case "map":
      expect(isCtyObject(value), path, "a map", value);
      return members(Object.keys(value), (key) =>
        wireForm(value[key] as CtyValue, type.element, [...path, key]),
      );
    case "object":
      return objectForm(value, type, path);
  }
}

/** Every attribute is named; one that is missing is null. */
function objectForm(value: CtyValue, type: ObjectType, path: EncodePath): unknown {
  expect(isCtyObject(value), path, "an object", value);
  for (const key of Object.keys(value)) {
    expect(type.attributes.has(key), [...path, key], "an attribute of the schema", value[key] as CtyValue);
  }
  return members([...type.attributes.keys()], (name) =>
    wireForm(value[name] ?? null, type.attributes.get(name) as CtyType, [...path, name]),
  );
}

function members(keys: readonly string[], form: (key: string) => unknown): Record<string, unknown> {
  const result: Record<string, unknown> = Object.create(null);
  for (const key of keys) result[key] = form(key);
  return result;
}

/** As cty writes numbers: the smallest integer form, else a double where it is exact, else decimal text. */
function numberForm(value: CtyValue, path: EncodePath): unknown {
  if (value instanceof CtyDecimal) return value.text;
  if (typeof value === "number" && !Number.isNaN(value)) {
    if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
    const integer = BigInt(value);
    return fitsInteger(integer) ? integer : value;
  }
  expect(typeof value === "bigint", path, "a number", value);
  return fitsInteger(value) ? value : value.toString();
}

function fitsInteger(value: bigint): boolean {
  return value >= INT64_MIN && value <= UINT64_MAX;
}

function unknownForm(value: CtyUnknown): ExtData {
  return value.refinements === undefined
    ? new ExtData(0, new Uint8Array([0]))
    : new ExtData(12, value.refinements);
}

function expect(condition: boolean, path: EncodePath, expected: string, value: CtyValue): asserts condition {
  if (condition) return;
  const where = path.length === 0 ? "the value" : path.join(".");
  const found = Array.isArray(value) ? "a list" : typeof value;
  throw new ProviderError("cty_encode_failed", `${where}: expected ${expected}, got ${found}`);
}
