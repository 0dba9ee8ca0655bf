/** Values to MessagePack bytes, by type: the inverse of `decode.ts`. */
import { Encoder, ExtData } from "@msgpack/msgpack";
import { ProviderError } from "../errors.ts";
import { typeFromJson } from "./decode.ts";
import { type CtyType, MAX_DEPTH, type ObjectType } from "./type.ts";
import { CtyDecimal, CtyDynamic, CtyUnknown, type CtyValue, isCtyObject } from "./value.ts";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const INT32_MIN = -(2 ** 31);
const UINT32_MAX = 2 ** 32 - 1;

/** Each level may be a dynamic value, which is written as a pair. The library would stop at 100, with an error of its own. */
const encoder = new Encoder({ useBigInt64: true, maxDepth: 2 * MAX_DEPTH + 2 });

/**
 * A JavaScript number is written as the very double that it is, so that what a provider wrote comes back to it unchanged.
 * `0.1` is no double, though: Terraform reads it from code and states as the exact decimal, and sends the text "0.1".
 * To say what an author wrote, and not what JavaScript rounds it to, give {@link CtyDecimal} for decimals that no double
 * holds exactly; a provider that compares exactly sees a change otherwise.
 *
 * @throws ProviderError `cty_encode_failed`, with the path of the value that does not fit.
 */
export function encodeCty(value: CtyValue, type: CtyType): Uint8Array {
  return encoder.encode(wireForm(value, type, []));
}

type EncodePath = readonly (string | number)[];

/** The value in the terms of the MessagePack library. */
function wireForm(value: CtyValue, type: CtyType, path: EncodePath): unknown {
  if (value === null) return null;
  expect(path.length <= MAX_DEPTH, [], `at most ${MAX_DEPTH} levels`, value);
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
      return [new TextEncoder().encode(value.typeJson), wireForm(value.value, typeOf(value, path), path)];
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

function typeOf({ typeJson, value }: CtyDynamic, path: EncodePath): CtyType {
  const type = typeFromJson(typeJson);
  expect(type.kind !== "dynamic", path, "the type of a dynamic value", value);
  return type;
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

/**
 * As cty writes numbers: an integer where 64 bits with a sign hold it, else a double where that is exact, else text.
 * @see https://github.com/zclconf/go-cty/blob/main/cty/msgpack/marshal.go
 */
function numberForm(value: CtyValue, path: EncodePath): number | bigint | string {
  if (value instanceof CtyDecimal) return value.text;
  if (typeof value === "bigint") return integerForm(value);
  expect(typeof value === "number" && !Number.isNaN(value), path, "a number", value);
  return Number.isInteger(value) ? integerForm(BigInt(value)) : value;
}

/** The library writes a number of more than 32 bits as a double, and a bigint always in 64 bits. */
function integerForm(value: bigint): number | bigint | string {
  const number = Number(value);
  if (number >= INT32_MIN && number <= UINT32_MAX) return number;
  if (value >= INT64_MIN && value <= INT64_MAX) return value;
  return Number.isFinite(number) && BigInt(number) === value ? number : value.toString();
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
