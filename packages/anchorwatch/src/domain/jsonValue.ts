import { Decimal, isArray, Unknown, type Value, type ValueObject } from "./value.ts";

/** What JSON can say. A member that is undefined is not there, as `JSON.stringify` has it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export type JsonObject = { readonly [key: string]: JsonValue | undefined };

type ValuePath = readonly (string | number)[];

/**
 * Named values for JSON, in one object with the marks of `docs/check-format.md`: absent stays absent, and numbers that
 * became strings are listed in `numbers` by their paths, which begin with the name of the value.
 */
export function encodeValues(values: Readonly<Record<string, Value | undefined>>): JsonObject {
  const encoded: Record<string, JsonValue> = Object.create(null);
  const numbers: JsonValue[] = [];
  const unknowns: JsonValue[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const found = encodeValue(value, [name]);
    encoded[name] = found.json;
    numbers.push(...found.numbers);
    unknowns.push(...found.unknowns);
  }
  return {
    ...encoded,
    ...(numbers.length > 0 ? { number: true, numbers } : {}),
    ...(unknowns.length > 0 ? { unknowns } : {}),
  };
}

interface EncodedValue {
  readonly json: JsonValue;
  /** Where a string stands for a number that a double cannot hold. */
  readonly numbers: readonly ValuePath[];
  /** Where a null stands for a value that only applying would tell. */
  readonly unknowns: readonly ValuePath[];
}

/** `base` begins every path. Objects have no prototype, so that a key such as `__proto__` stays data. */
export function encodeValue(value: Value, base: ValuePath): EncodedValue {
  const numbers: ValuePath[] = [];
  const unknowns: ValuePath[] = [];
  const encode = (given: Value, path: ValuePath): JsonValue => {
    if (given === null || typeof given === "boolean" || typeof given === "string") return given;
    if (given instanceof Unknown) {
      unknowns.push(path);
      return null;
    }
    if (typeof given === "number" || typeof given === "bigint" || given instanceof Decimal) {
      const number = encodeNumber(given);
      if (typeof number === "string") numbers.push(path);
      return number;
    }
    if (isArray(given)) return given.map((item, index) => encode(item, [...path, index]));
    const object: Record<string, JsonValue> = Object.create(null);
    for (const [key, member] of Object.entries(given as ValueObject))
      object[key] = encode(member, [...path, key]);
    return object;
  };
  return { json: encode(value, base), numbers, unknowns };
}

/** A JSON number where every reader of doubles gets it right, else its exact digits. */
function encodeNumber(number: number | bigint | Decimal): number | string {
  if (number instanceof Decimal) return number.text;
  if (typeof number === "bigint") {
    const double = Number(number);
    return Number.isSafeInteger(double) ? double : number.toString();
  }
  if (!Number.isFinite(number)) return String(number);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? BigInt(number).toString() : number;
}
