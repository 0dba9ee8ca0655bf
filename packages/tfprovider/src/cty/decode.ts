/**
 * MessagePack bytes to values, by type.
 * @see https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/object-wire-format.md
 */
import { ProviderError } from "../errors.ts";
import { MsgpackReader } from "./msgpackReader.ts";
import { type CtyType, MAX_DEPTH, type ObjectType, parseType } from "./type.ts";
import { CtyDecimal, CtyDynamic, CtyUnknown, type CtyValue } from "./value.ts";

/** Extension types of cty: 0 is plain unknown, 12 is unknown with refinements. */
const UNKNOWN = 0;
const REFINED_UNKNOWN = 12;

/** @throws ProviderError `cty_decode_failed`, with the path of the value that does not fit. */
export function decodeCty(bytes: Uint8Array, type: CtyType): CtyValue {
  const reader = new MsgpackReader(bytes);
  const value = decode(reader, type, []);
  if (!reader.atEnd)
    throw mismatch([], "the end of the value", `${bytes.length - reader.position} more bytes`);
  return value;
}

type DecodePath = (string | number)[];

function decode(reader: MsgpackReader, type: CtyType, path: DecodePath): CtyValue {
  if (path.length > MAX_DEPTH) throw mismatch([], "a value", `one nested deeper than ${MAX_DEPTH}`);
  const next = reader.peek();
  if (next === "nil") return reader.nil();
  if (next === "extension") return decodeUnknown(reader, path);
  switch (type.kind) {
    case "string":
      expect(next === "string", path, "a string", next);
      return reader.string();
    case "bool":
      expect(next === "bool", path, "a bool", next);
      return reader.bool();
    case "number":
      return decodeNumber(reader, next, path);
    case "dynamic":
      return decodeDynamic(reader, next, path);
    case "list":
    case "set":
      expect(next === "array", path, `a ${type.kind}`, next);
      return decodeElements(reader, path, () => type.element);
    case "tuple":
      expect(next === "array", path, "a tuple", next);
      return decodeElements(reader, path, (index) => type.elements[index], type.elements.length);
    case "map":
      expect(next === "map", path, "a map", next);
      return decodeMembers(reader, path, () => type.element);
    case "object":
      expect(next === "map", path, "an object", next);
      return decodeObject(reader, path, type);
  }
}

function decodeUnknown(reader: MsgpackReader, path: DecodePath): CtyUnknown {
  const { type, data } = reader.extension();
  if (type === UNKNOWN) return new CtyUnknown();
  if (type === REFINED_UNKNOWN) return new CtyUnknown(data.slice());
  throw mismatch(path, "a known or unknown value", `extension ${type}`);
}

function decodeNumber(reader: MsgpackReader, next: string, path: DecodePath): CtyValue {
  if (next === "integer") return reader.integer();
  if (next === "float") return reader.float();
  expect(next === "string", path, "a number", next);
  const text = reader.string();
  if (/^[+-]?[0-9]+$/.test(text)) return BigInt(text);
  expect(/^[+-]?[0-9]*\.?[0-9]+(e[+-]?[0-9]+)?$/i.test(text), path, "a decimal number", JSON.stringify(text));
  return new CtyDecimal(text);
}

function decodeDynamic(reader: MsgpackReader, next: string, path: DecodePath): CtyValue {
  expect(next === "array" && reader.arrayLength() === 2, path, "a pair of type and value", next);
  const kind = reader.peek();
  expect(kind === "binary" || kind === "string", path, "a type", kind);
  const typeJson = kind === "binary" ? new TextDecoder().decode(reader.binary()) : reader.string();
  const type = typeFromJson(typeJson);
  // It would be no step of the path, so that nothing limited the depth.
  expect(type.kind !== "dynamic", path, "the type of a dynamic value", "dynamic again");
  return new CtyDynamic(typeJson, decode(reader, type, path));
}

/** @throws ProviderError `cty_type_invalid` */
export function typeFromJson(json: string): CtyType {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new ProviderError("cty_type_invalid", "a cty type is not JSON", { cause });
  }
  return parseType(parsed);
}

function decodeElements(
  reader: MsgpackReader,
  path: DecodePath,
  typeAt: (index: number) => CtyType | undefined,
  expected?: number,
): CtyValue[] {
  const length = reader.arrayLength();
  if (expected !== undefined) expect(length === expected, path, `${expected} elements`, `${length}`);
  const elements: CtyValue[] = [];
  for (let index = 0; index < length; index += 1) {
    path.push(index);
    elements.push(decode(reader, typeAt(index) as CtyType, path));
    path.pop();
  }
  return elements;
}

function decodeMembers(
  reader: MsgpackReader,
  path: DecodePath,
  typeOf: (key: string) => CtyType | undefined,
): Record<string, CtyValue> {
  const members: Record<string, CtyValue> = Object.create(null);
  for (let left = reader.mapLength(); left > 0; left -= 1) {
    expect(reader.peek() === "string", path, "a key", reader.peek());
    const key = reader.string();
    path.push(key);
    const type = typeOf(key);
    if (type === undefined) throw mismatch(path, "an attribute of the schema", "one that it does not name");
    members[key] = decode(reader, type, path);
    path.pop();
  }
  return members;
}

function decodeObject(reader: MsgpackReader, path: DecodePath, type: ObjectType): CtyValue {
  const members = decodeMembers(reader, path, (key) => type.attributes.get(key));
  for (const name of type.attributes.keys()) {
    if (!(name in members)) throw mismatch([...path, name], "an attribute", "none");
  }
  return members;
}

function expect(condition: boolean, path: DecodePath, expected: string, found: string): asserts condition {
  if (!condition) throw mismatch(path, expected, found);
}

function mismatch(path: DecodePath, expected: string, found: string): ProviderError {
  const where = path.length === 0 ? "the value" : path.join(".");
  return new ProviderError("cty_decode_failed", `${where}: expected ${expected}, found ${found}`);
}
