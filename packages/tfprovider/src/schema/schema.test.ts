import fc from "fast-check";
import { expect, test } from "vitest";
import { typeToJson } from "../cty/type.ts";
import { GetSchemaResponse, type Protocol } from "../wire/rpc.ts";
import { type AttributeMessage, type NestedBlockMessage, SchemaMessages } from "../wire/schema.ts";
import { indexSchemas } from "./index.ts";
import { decodeSchema } from "./schema.ts";

const NESTING = { single: 1, list: 2, set: 3, map: 4, group: 5 } as const;
type BlockNesting = keyof typeof NESTING;

const FLAGS = ["required", "optional", "computed", "sensitive", "deprecated", "writeOnly"] as const;

function attribute(name: string, more: Partial<AttributeMessage> = {}): AttributeMessage {
  const flags = {
    required: false,
    optional: false,
    computed: false,
    sensitive: false,
    deprecated: false,
    writeOnly: false,
  };
  return { name, type: Buffer.from('"string"'), description: "", ...flags, ...more };
}

function block(
  typeName: string,
  nesting: number,
  attributes: readonly AttributeMessage[],
): NestedBlockMessage {
  return { typeName, nesting, minItems: 0, maxItems: 1, block: { attributes } };
}

function encoded(
  attributes: readonly AttributeMessage[],
  blockTypes: readonly NestedBlockMessage[] = [],
  protocol: Protocol = 6,
): Uint8Array {
  return SchemaMessages[protocol].encode({ version: 2, block: { attributes, blockTypes } });
}

const ELEMENT = ["object", { inner: "string" }];
const TYPES: Readonly<Record<BlockNesting, unknown>> = {
  single: ELEMENT,
  list: ["list", ELEMENT],
  set: ["set", ELEMENT],
  map: ["map", ELEMENT],
  group: ELEMENT,
};

test.each(Object.keys(NESTING) as BlockNesting[])(
  "a block that nests as %s has the type of its values",
  (nesting) => {
    for (const protocol of [5, 6] as const) {
      const bytes = encoded([], [block("part", NESTING[nesting], [attribute("inner")])], protocol);
      const schema = decodeSchema(bytes, protocol);
      expect(schema.version).toBe(2);
      expect(schema.block.blocks.get("part")).toMatchObject({ nesting, minItems: 0, maxItems: 1 });
      expect(typeToJson(schema.type)).toEqual(["object", { part: TYPES[nesting] }]);
    }
  },
);

test.each(["single", "list", "set", "map"] as const)(
  "attributes that nest as %s keep the flags of their own",
  (nesting) => {
    const inner = attribute("inner", { optional: true, sensitive: true });
    const bytes = encoded([
      attribute("part", {
        type: new Uint8Array(),
        computed: true,
        nestedType: { nesting: NESTING[nesting], attributes: [inner] },
      }),
    ]);
    const part = decodeSchema(bytes, 6).block.attributes.get("part");
    expect(part).toMatchObject({ computed: true, sensitive: false, nested: { nesting } });
    expect(part?.nested?.attributes.get("inner")).toMatchObject({
      optional: true,
      sensitive: true,
      computed: false,
    });
    expect(typeToJson(decodeSchema(bytes, 6).type)).toEqual(["object", { part: TYPES[nesting] }]);
  },
);

test("nested attributes and blocks nest in each other to any depth", () => {
  const deep = attribute("c", {
    type: new Uint8Array(),
    nestedType: {
      nesting: 2,
      attributes: [
        attribute("d", { type: new Uint8Array(), nestedType: { nesting: 4, attributes: [attribute("e")] } }),
      ],
    },
  });
  const outer: NestedBlockMessage = { ...block("a", 2, []), block: { blockTypes: [block("b", 3, [deep])] } };
  const value = ["set", ["object", { c: ["list", ["object", { d: ["map", ["object", { e: "string" }]] }]] }]];
  expect(typeToJson(decodeSchema(encoded([], [outer]), 6).type)).toEqual([
    "object",
    { a: ["list", ["object", { b: value }]] },
  ]);
});

test("every flag of an attribute is told, in both protocols", () => {
  const flags = fc.record(Object.fromEntries(FLAGS.map((flag) => [flag, fc.boolean()])));
  fc.assert(
    fc.property(flags, fc.constantFrom<Protocol>(5, 6), (given, protocol) => {
      const decoded = decodeSchema(encoded([attribute("a", given)], [], protocol), protocol);
      expect(decoded.block.attributes.get("a")).toEqual({ type: { kind: "string" }, ...given });
    }),
  );
});

test("write-only is field 10 in protocol 5 and field 11 in protocol 6, where 10 is the nested type", () => {
  // Schema { block: 2 { attributes: 2 { name: 1 "a", type: 2 "\"string\"", N: true } } }
  const withField = (tag: number) => {
    const member = Buffer.concat([
      Buffer.from("0a016112", "hex"),
      Buffer.of(8),
      Buffer.from('"string"'),
      Buffer.of(tag, 1),
    ]);
    return Buffer.concat([Buffer.of(0x12, member.length + 2, 0x12, member.length), member]);
  };
  const writeOnly = (tag: number, protocol: Protocol) =>
    decodeSchema(withField(tag), protocol).block.attributes.get("a")?.writeOnly;
  expect(writeOnly(10 << 3, 5)).toBe(true);
  expect(writeOnly(11 << 3, 5)).toBe(false);
  expect(writeOnly(11 << 3, 6)).toBe(true);
  expect(writeOnly(10 << 3, 6)).toBe(false);
});

test("the members of a type come in the order of their names, as cty writes them", () => {
  const bytes = encoded([attribute("b"), attribute("d"), attribute("a")], [block("c", 1, [])]);
  const { type } = decodeSchema(bytes, 6);
  expect(type.kind === "object" && [...type.attributes.keys()]).toEqual(["a", "b", "c", "d"]);
});

test.each([
  [
    "a nesting mode that nobody knows",
    encoded([], [block("part", 9, [])]),
    "schema_invalid",
    "the block part",
  ],
  [
    "nested attributes without a nesting mode",
    encoded([attribute("part", { nestedType: { nesting: 0, attributes: [] } })]),
    "schema_invalid",
    "a nested attribute",
  ],
  [
    "a type that is not JSON",
    encoded([attribute("a", { type: Buffer.from("{") })]),
    "cty_type_invalid",
    "not JSON",
  ],
  [
    "a type that is none",
    encoded([attribute("a", { type: Buffer.from('"date"') })]),
    "cty_type_invalid",
    '"date"',
  ],
  ["bytes that are no message", Buffer.alloc(4, 0xff), "schema_invalid", "no valid message"],
])("%s is refused with a typed error", (_, bytes, code, words) => {
  expect(() => decodeSchema(bytes, 6)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(words) }),
  );
});

test("any bytes at all are a schema or refused with a typed error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom<Protocol>(5, 6), (bytes, protocol) => {
      try {
        decodeSchema(bytes, protocol);
      } catch (error) {
        expect((error as { code: string }).code).toMatch(/^(schema_invalid|cty_type_invalid)$/);
      }
    }),
    { numRuns: 1000 },
  );
});

function answer(more: object = {}): Uint8Array {
  return GetSchemaResponse.encode({
    provider: encoded([attribute("region")]),
    resourceSchemas: [
      { key: "good", value: encoded([attribute("id")]) },
      { key: "bad", value: Buffer.alloc(4, 0xff) },
      { key: "__proto__", value: encoded([]) },
    ],
    ...more,
  });
}

test("a type is decoded when it is asked for, and only once", () => {
  const schemas = indexSchemas(answer(), 6);
  expect([...schemas.resourceTypes()]).toEqual(["good", "bad", "__proto__"]);
  expect(schemas.resource("good")).toBe(schemas.resource("good"));
  expect(schemas.provider).toBe(schemas.provider);
  expect([...schemas.provider.block.attributes.keys()]).toEqual(["region"]);
  expect(schemas.hasResource("bad")).toBe(true);
  expect(() => schemas.resource("bad")).toThrow(expect.objectContaining({ code: "schema_invalid" }));
  expect(() => schemas.resource("toString")).toThrow(expect.objectContaining({ code: "type_unknown" }));
});

test("whether the call may be left out is what the provider says, and no where it says nothing", () => {
  expect(indexSchemas(answer(), 6).schemaCallOptional).toBe(false);
  const optional = answer({ serverCapabilities: { getProviderSchemaOptional: true } });
  expect(indexSchemas(optional, 6).schemaCallOptional).toBe(true);
});

test("an answer that is no message, or holds an error, is refused", () => {
  expect(() => indexSchemas(Buffer.alloc(4, 0xff), 6)).toThrow(
    expect.objectContaining({ code: "schema_invalid" }),
  );
  const problem = { severity: 1, summary: "the schema is wrong", detail: "", attribute: undefined };
  expect(() => indexSchemas(answer({ diagnostics: [problem] }), 6)).toThrow(
    expect.objectContaining({
      code: "provider_diagnostics",
      message: expect.stringContaining("the schema is wrong"),
    }),
  );
  expect(indexSchemas(answer({ diagnostics: [{ ...problem, severity: 2 }] }), 6).hasResource("good")).toBe(
    true,
  );
});
