/**
 * What a state file recorded, encoded without asking the provider. Its upgrade has nothing to do for a record of the
 * present schema version, yet takes a round trip for each; of what it would give, this is the plain part.
 */
import { MsgpackWriter } from "../cty/msgpackWriter.ts";
import type { CtyType } from "../cty/type.ts";
import type { Block, NestedBlock, Schema } from "./schema.ts";

/**
 * @param json the attributes of one object, as in a state file of version 4, recorded under this schema's version
 * @returns undefined for all that is not plain: a value that does not fit the type, a block that is missing, a dynamic
 * value, a number that JavaScript would round. Only the provider knows what becomes of those.
 */
export function encodeRecorded(json: Uint8Array, schema: Schema): Uint8Array | undefined {
  const text = Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString("utf8");
  if (LONG_NUMBER.test(text)) return undefined;
  const known = encoders.get(schema) ?? blockEncoder(schema.block);
  encoders.set(schema, known);
  const written = known(parsed(text));
  const bytes = writer.take();
  return written ? bytes : undefined;
}

/** May be a number of more digits than a double holds; most texts with so many digits are ids, in quotes. */
const LONG_NUMBER = /[:,[]\s*-?[0-9.]{16}/;

/** Compiled once for each schema: of ten thousand records most are of a few types. */
const encoders = new WeakMap<Schema, Encode>();
const writer = new MsgpackWriter();

/** @returns false when the value is not plain; what was written then counts for nothing */
type Encode = (value: unknown) => boolean;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The provider is asked, and says better what is wrong.
    return undefined;
  }
}

const nothing: Encode = (value) => {
  if (value !== null) return false;
  writer.nil();
  return true;
};

const string: Encode = (value) => {
  if (typeof value !== "string") return nothing(value);
  writer.string(value);
  return true;
};

const bool: Encode = (value) => {
  if (typeof value !== "boolean") return nothing(value);
  writer.bool(value);
  return true;
};

/** A fraction that no double holds is written as its digits; so does cty, which reads JSON exactly. */
const number: Encode = (value) => {
  if (typeof value !== "number") return nothing(value);
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    writer.integer(value);
    return true;
  }
  const decimals = DECIMAL.exec(String(value))?.[1]?.length;
  if (decimals === undefined) return false;
  // So many decimals are exact in binary only with as many binary places.
  if (Number.isInteger(value * 2 ** decimals)) writer.double(value);
  else writer.string(String(value));
  return true;
};

const DECIMAL = /^-?[0-9]+\.([0-9]+)$/;

function typeEncoder(type: CtyType): Encode {
  switch (type.kind) {
    case "string":
      return string;
    case "bool":
      return bool;
    case "number":
      return number;
    case "dynamic":
      return nothing;
    case "list":
    case "set":
      return elements(typeEncoder(type.element));
    case "map":
      return entries(typeEncoder(type.element));
    case "tuple":
      return tuple(type.elements.map(typeEncoder));
    case "object":
      return orNothing(members([...type.attributes].map(([name, t]) => [name, typeEncoder(t)])));
  }
}

/** An attribute that is not recorded is null: an older provider of the same schema version did not have it. */
function blockEncoder(block: Block): Encode {
  const attributes = [...block.attributes].map(([name, { type }]) => [name, typeEncoder(type)] as const);
  const blocks = [...block.blocks].map(([name, nested]) => [name, nestedEncoder(nested)] as const);
  return members([...attributes, ...blocks].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a missing block becomes differs between the frameworks that providers are built with. */
function nestedEncoder({ nesting, block }: NestedBlock): Encode {
  const inner = blockEncoder(block);
  if (nesting === "single") return orNothing(inner);
  if (nesting === "group") return inner;
  const all = nesting === "map" ? entries(inner) : elements(inner);
  return (value) => value !== null && all(value);
}

function orNothing(encode: Encode): Encode {
  return (value) => (value === null ? nothing(value) : encode(value));
}

function elements(element: Encode): Encode {
  return orNothing((value) => {
    if (!Array.isArray(value)) return false;
    writer.arrayLength(value.length);
    return value.every(element);
  });
}

function tuple(encoders: readonly Encode[]): Encode {
  return orNothing((value) => {
    if (!Array.isArray(value) || value.length !== encoders.length) return false;
    writer.arrayLength(value.length);
    return encoders.every((encode, index) => encode(value[index]));
  });
}

/** In the order of keys, which JavaScript does not keep for those that look like numbers. */
function entries(element: Encode): Encode {
  return orNothing((value) => {
    if (!isPlainObject(value)) return false;
    const keys = Object.keys(value).sort();
    writer.mapLength(keys.length);
    return keys.every((key) => {
      writer.string(key);
      return element(value[key]);
    });
  });
}

function members(encoders: readonly (readonly [string, Encode])[]): Encode {
  return (value) => {
    if (!isPlainObject(value)) return false;
    let found = 0;
    writer.mapLength(encoders.length);
    for (const [name, encode] of encoders) {
      const recorded = Object.hasOwn(value, name);
      if (recorded) found += 1;
      writer.string(name);
      if (!encode(recorded ? value[name] : null)) return false;
    }
    return found === Object.keys(value).length;
  };
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
