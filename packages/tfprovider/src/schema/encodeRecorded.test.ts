import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCty } from "../cty/encode.ts";
import { type CtyType, type ObjectType, parseType } from "../cty/type.ts";
import { CtyDecimal, type CtyValue } from "../cty/value.ts";
import { encodeRecorded } from "./encodeRecorded.ts";
import type { Attribute, Block, NestedBlock, Schema } from "./schema.ts";

const FLAGS = {
  required: false,
  optional: true,
  computed: false,
  sensitive: false,
  writeOnly: false,
  deprecated: false,
};

function attributes(types: Readonly<Record<string, unknown>>): ReadonlyMap<string, Attribute> {
  return new Map(Object.entries(types).map(([name, type]) => [name, { type: parseType(type), ...FLAGS }]));
}

function schemaOf(
  types: Readonly<Record<string, unknown>>,
  blocks: Readonly<Record<string, NestedBlock["nesting"]>> = {},
): Schema {
  const inner: Block = { attributes: attributes({ port: "number" }), blocks: new Map() };
  const nested = Object.entries(blocks).map(([name, nesting]): [string, NestedBlock] => [
    name,
    { nesting, block: inner, minItems: 0, maxItems: 0 },
  ]);
  const innerType = parseType(["object", { port: "number" }]);
  const typeOf = (nesting: NestedBlock["nesting"]): CtyType =>
    nesting === "single" || nesting === "group" ? innerType : { kind: nesting, element: innerType };
  const members: [string, CtyType][] = [
    ...Object.entries(types).map(([name, type]): [string, CtyType] => [name, parseType(type)]),
    ...Object.entries(blocks).map(([name, nesting]): [string, CtyType] => [name, typeOf(nesting)]),
  ];
  const type: ObjectType = {
    kind: "object",
    attributes: new Map(members.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return { version: 0, block: { attributes: attributes(types), blocks: new Map(nested) }, type };
}

function recorded(json: string, schema: Schema): Uint8Array | undefined {
  return encodeRecorded(Buffer.from(json), schema);
}

const key = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom("__proto__", "constructor", "10", "9"));

const { type: anyType } = fc.letrec<{ type: CtyType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<CtyType>({ kind: "string" }, { kind: "number" }, { kind: "bool" }),
    fc.record({
      kind: fc.constantFrom("list" as const, "set" as const, "map" as const),
      element: tie("type"),
    }),
    fc.record({ kind: fc.constant("tuple" as const), elements: fc.array(tie("type"), { maxLength: 3 }) }),
    fc.uniqueArray(fc.tuple(key, tie("type")), { maxLength: 3, selector: ([name]) => name }).map(
      (entries): CtyType => ({
        kind: "object",
        attributes: new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1))),
      }),
    ),
  ),
}));

/** What is written in JSON, and the same value as cty knows it. */
interface Pair {
  readonly json: string;
  readonly value: CtyValue;
}

const numbers = fc.oneof(
  fc.maxSafeInteger().map((n): Pair => ({ json: String(n), value: n })),
  fc.integer({ min: -4096, max: 4096 }).map((n): Pair => ({ json: String(n / 8), value: n / 8 })),
  fc
    .tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: 1, max: 9999 }))
    .map(([whole, part]): Pair => {
      const text = String(Number(`${whole}.${String(part).padStart(4, "0")}`));
      const exact = Number.isInteger(Number(text) * 16);
      return { json: text, value: exact ? Number(text) : new CtyDecimal(text) };
    }),
);

function pairOf(type: CtyType): fc.Arbitrary<Pair> {
  const nothing = fc.constant<Pair>({ json: "null", value: null });
  return fc.oneof({ weight: 1, arbitrary: nothing }, { weight: 6, arbitrary: knownPair(type) });
}

function knownPair(type: CtyType): fc.Arbitrary<Pair> {
  const scalar = (value: CtyValue): Pair => ({ json: JSON.stringify(value), value });
  switch (type.kind) {
    case "bool":
      return fc.boolean().map(scalar);
    case "number":
      return numbers;
    case "list":
    case "set":
      return fc.array(pairOf(type.element), { maxLength: 3 }).map(listed);
    case "tuple":
      return fc.tuple(...type.elements.map(pairOf)).map(listed);
    case "map":
      return fc
        .uniqueArray(fc.tuple(key, pairOf(type.element)), { maxLength: 4, selector: ([name]) => name })
        .map((entries) => membersOf(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
    case "object":
      return fc
        .tuple(...[...type.attributes].map(([name, t]) => pairOf(t).map((p) => [name, p] as [string, Pair])))
        .map(membersOf);
    default:
      return fc.string({ unit: "grapheme" }).map(scalar);
  }
}

function listed(parts: readonly Pair[]): Pair {
  return { json: `[${parts.map(({ json }) => json)}]`, value: parts.map(({ value }) => value) };
}

function membersOf(entries: readonly (readonly [string, Pair])[]): Pair {
  const value: Record<string, CtyValue> = Object.create(null);
  for (const [name, pair] of entries) value[name] = pair.value;
  return { json: `{${entries.map(([name, { json }]) => `${JSON.stringify(name)}:${json}`)}}`, value };
}

/** Keys that look like numbers come first in JavaScript, whatever the order of the text. */
function keepsOrder(value: CtyValue): boolean {
  if (Array.isArray(value)) return value.every(keepsOrder);
  if (typeof value !== "object" || value === null || value instanceof CtyDecimal) return true;
  const keys = Object.keys(value);
  return keys.join("\0") === [...keys].sort().join("\0") && Object.values(value).every(keepsOrder);
}

describe("a plain record", () => {
  test("has the bytes that encoding its value has, whatever the type", () => {
    const cases = anyType.chain((type) => fc.tuple(fc.constant(type), pairOf(type)));
    let told = 0;
    fc.assert(
      fc.property(cases, ([type, { json, value }]) => {
        const schema: Schema = {
          version: 0,
          block: { attributes: new Map([["a", { type, ...FLAGS }]]), blocks: new Map() },
          type: { kind: "object", attributes: new Map([["a", type]]) },
        };
        const bytes = recorded(`{"a":${json}}`, schema);
        if (bytes === undefined) {
          expect(`:${json}`).toMatch(/[:,[]-?[0-9.]{16}/);
          return;
        }
        fc.pre(keepsOrder(value));
        told += 1;
        expect(Buffer.from(bytes)).toEqual(Buffer.from(encodeCty({ a: value }, schema.type)));
      }),
      { numRuns: 1000 },
    );
    expect(told).toBeGreaterThan(500);
  });

  test("writes the keys of a map in the order of their bytes", () => {
    const schema = schemaOf({ tags: ["map", "string"] });
    const bytes = Buffer.from(recorded('{"tags":{"9":"a","10":"b"}}', schema) ?? []);
    expect(bytes.indexOf("10")).toBeLessThan(bytes.indexOf("9"));
  });

  test("has null for an attribute that it does not name", () => {
    const schema = schemaOf({ a: "string", b: "string" });
    expect(recorded('{"a":"x"}', schema)).toEqual(encodeCty({ a: "x", b: null }, schema.type));
  });

  test.each(["list", "set", "map", "single", "group"] as const)(
    "may hold a block that nests as %s",
    (nesting) => {
      const schema = schemaOf({}, { part: nesting });
      const [json, value]: [string, CtyValue] =
        nesting === "list" || nesting === "set"
          ? ['[{"port":1}]', [{ port: 1 }]]
          : nesting === "map"
            ? ['{"a":{"port":1}}', { a: { port: 1 } }]
            : ['{"port":1}', { port: 1 }];
      expect(recorded(`{"part":${json}}`, schema)).toEqual(encodeCty({ part: value }, schema.type));
    },
  );

  test("may hold a text of many digits", () => {
    const schema = schemaOf({ id: "string", ids: ["list", "string"] });
    const id = "service-20261121155644843100000068";
    const digits = "2026112115564484310";
    const json = `{"id": "${id}", "ids": ["${digits}", "${digits}"]}`;
    expect(recorded(json, schema)).toEqual(encodeCty({ id, ids: [digits, digits] }, schema.type));
  });

  test("a single block may be missing", () => {
    const schema = schemaOf({}, { timeouts: "single" });
    expect(recorded("{}", schema)).toEqual(encodeCty({ timeouts: null }, schema.type));
  });
});

describe("is for the provider alone:", () => {
  test.each([
    ["an attribute that the schema does not have", '{"a":"x","old":1}', schemaOf({ a: "string" })],
    ["a value of another type", '{"a":1}', schemaOf({ a: "string" })],
    ["a number written as text", '{"a":"1"}', schemaOf({ a: "number" })],
    ["a list where an object is expected", '{"a":[]}', schemaOf({ a: ["object", { b: "string" }] })],
    ["a tuple of another length", '{"a":["x"]}', schemaOf({ a: ["tuple", ["string", "string"]] })],
    ["a dynamic value", '{"a":{"type":"string","value":"x"}}', schemaOf({ a: "dynamic" })],
    ["an integer beyond 2^53", '{"a":9007199254740993}', schemaOf({ a: "number" })],
    ["such an integer in a list", '{"a":[1,\n  -9007199254740993.0]}', schemaOf({ a: ["list", "number"] })],
    ["a fraction of many digits", '{"a":0.1000000000000000055511151231257827}', schemaOf({ a: "number" })],
    ["a number close to an integer", '{"a":1.0000000000000000000001}', schemaOf({ a: "number" })],
    ["a number with a large exponent", '{"a":1e30}', schemaOf({ a: "number" })],
    ["a number with a small exponent", '{"a":1e-9}', schemaOf({ a: "number" })],
    ["minus zero", '{"a":-0.0}', schemaOf({ a: "number" })],
    ["a list of blocks that is missing", "{}", schemaOf({}, { part: "list" })],
    ["a set of blocks that is null", '{"part":null}', schemaOf({}, { part: "set" })],
    ["a group that is null", '{"part":null}', schemaOf({}, { part: "group" })],
    ["what is no object", "[]", schemaOf({})],
    ["nothing", "null", schemaOf({})],
    ["what is no JSON", '{"a":', schemaOf({ a: "string" })],
  ])("%s", (_, json, schema) => {
    expect(recorded(json, schema)).toBeUndefined();
  });

  test("and the next record is not touched by one that was given up", () => {
    const schema = schemaOf({ a: "string", b: "number" });
    expect(recorded('{"a":"long before","b":"x"}', schema)).toBeUndefined();
    expect(recorded('{"a":"x","b":1}', schema)).toEqual(encodeCty({ a: "x", b: 1 }, schema.type));
  });
});
