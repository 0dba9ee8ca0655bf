import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCty } from "./decode.ts";
import { encodeCty } from "./encode.ts";
import { type CtyType, parseType, typeToJson } from "./type.ts";
import { CtyDecimal, CtyDynamic, CtyUnknown, type CtyValue } from "./value.ts";

const primitive = fc.constantFrom<CtyType>(
  { kind: "string" },
  { kind: "number" },
  { kind: "bool" },
  { kind: "dynamic" },
);
const key = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom("__proto__", "constructor", "toString"));

const { type: anyType } = fc.letrec<{ type: CtyType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    primitive,
    fc.record({
      kind: fc.constantFrom("list" as const, "set" as const, "map" as const),
      element: tie("type"),
    }),
    fc.record({ kind: fc.constant("tuple" as const), elements: fc.array(tie("type"), { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant("object" as const),
      attributes: fc.array(fc.tuple(key, tie("type")), { maxLength: 3 }).map((entries) => new Map(entries)),
    }),
  ),
}));

const anyNumber = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }),
  fc.bigInt({ min: -(2n ** 200n), max: -(2n ** 53n) }),
  fc.constantFrom(0, 1e300, 2 ** 60, 2 ** 53, -(2 ** 63), 0.1),
  fc.constant(new CtyDecimal("3.14159265358979323846264338327950288")),
);

function anyValueOf(type: CtyType): fc.Arbitrary<CtyValue> {
  const unknowns = fc.constantFrom<CtyValue>(
    null,
    new CtyUnknown(),
    new CtyUnknown(new Uint8Array([0x81, 1, 0xc2])),
  );
  return fc.oneof({ weight: 1, arbitrary: unknowns }, { weight: 6, arbitrary: knownValueOf(type) });
}

function knownValueOf(type: CtyType): fc.Arbitrary<CtyValue> {
  switch (type.kind) {
    case "string":
      return fc.string({ unit: "grapheme" });
    case "bool":
      return fc.boolean();
    case "number":
      return anyNumber;
    case "dynamic":
      return fc.string().map((text) => new CtyDynamic('["list","string"]', [text]));
    case "list":
    case "set":
      return fc.array(anyValueOf(type.element), { maxLength: 3 });
    case "tuple":
      return fc.tuple(...type.elements.map(anyValueOf));
    case "map":
      return fc.array(fc.tuple(key, anyValueOf(type.element)), { maxLength: 3 }).map(nullPrototype);
    case "object": {
      const members = [...type.attributes].map(([name, t]) =>
        anyValueOf(t).map((v) => [name, v] as [string, CtyValue]),
      );
      return fc.tuple(...members).map(nullPrototype);
    }
  }
}

function nullPrototype(entries: readonly (readonly [string, CtyValue])[]): CtyValue {
  const object: Record<string, CtyValue> = Object.create(null);
  for (const [name, value] of entries) object[name] = value;
  return object;
}

/** One number has several forms in JavaScript: 2^60 is a double and a bigint. Compare what is written. */
test("decoding is the inverse of encoding, for every type and value", () => {
  const pairs = anyType.chain((type) => fc.tuple(fc.constant(type), anyValueOf(type)));
  fc.assert(
    fc.property(pairs, ([type, value]) => {
      const bytes = encodeCty(value, type);
      const decoded = decodeCty(bytes, type);
      expect(Buffer.from(encodeCty(decoded, type)).toString("hex")).toBe(Buffer.from(bytes).toString("hex"));
      expect(normal(decoded)).toEqual(normal(value));
    }),
    { numRuns: 1000 },
  );
});

function normal(value: CtyValue): unknown {
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== null) return value;
  return Object.entries(value).map(([name, member]) => [name, normal(member)]);
}

test("a type survives its JSON form", () => {
  fc.assert(
    fc.property(anyType, (type) => {
      expect(JSON.stringify(typeToJson(parseType(typeToJson(type))))).toBe(JSON.stringify(typeToJson(type)));
    }),
  );
});

test("bytes that are cut off anywhere are refused with a typed error", () => {
  const type = parseType(["object", { a: ["list", "string"], b: "number", c: ["map", "bool"] }]);
  const bytes = encodeCty({ a: ["x", "y".repeat(300)], b: 2n ** 60n, c: { k: true } }, type);
  for (let end = 0; end < bytes.length; end += 1) {
    expect(() => decodeCty(bytes.subarray(0, end), type)).toThrow(
      expect.objectContaining({ code: "cty_decode_failed" }),
    );
  }
});

test("any bytes at all decode or are refused with a typed error, never otherwise", () => {
  const pairs = fc.tuple(anyType, fc.uint8Array({ maxLength: 40 }));
  fc.assert(
    fc.property(pairs, ([type, bytes]) => {
      try {
        decodeCty(bytes, type);
      } catch (error) {
        expect((error as { code: string }).code).toMatch(/^cty_/);
      }
    }),
    { numRuns: 2000 },
  );
});

test("an object that lacks an attribute or has a strange one is refused by name", () => {
  const wide = parseType(["object", { a: "string", b: "string" }]);
  const narrow = parseType(["object", { a: "string" }]);
  expect(() => decodeCty(encodeCty({ a: "1", b: "2" }, wide), narrow)).toThrow(
    "b: expected an attribute of the schema",
  );
  expect(() => decodeCty(encodeCty({ a: "1" }, narrow), wide)).toThrow(
    "b: expected an attribute, found none",
  );
  expect(() => encodeCty({ z: "1" }, narrow)).toThrow("z: expected an attribute of the schema");
});

const NUMBER: CtyType = { kind: "number" };
const hexOf = (value: CtyValue, type: CtyType) => Buffer.from(encodeCty(value, type)).toString("hex");

/** What go-cty writes for each: https://github.com/zclconf/go-cty/blob/main/cty/msgpack/marshal.go */
test.each<[CtyValue, string, string]>([
  [0, "00", "the smallest integer"],
  [-0, "00", "no negative zero"],
  [-33, "d0df", "an integer of 8 bits"],
  [65_536, "ce00010000", "an integer of 32 bits"],
  [4_294_967_296, "cf0000000100000000", "an integer of 64 bits"],
  [-2_147_483_649, "d3ffffffff7fffffff", "a negative integer of 64 bits"],
  [5n, "05", "the smallest integer also from a bigint"],
  [2n ** 63n - 1n, "cf7fffffffffffffff", "the largest integer"],
  [-(2n ** 63n), "d38000000000000000", "the smallest integer there is"],
  [2n ** 63n, "cb43e0000000000000", "a double where that is exact"],
  [2 ** 64, "cb43f0000000000000", "a double where that is exact"],
  [2n ** 63n + 1n, `b3${Buffer.from("9223372036854775809").toString("hex")}`, "text"],
  [0.5, "cb3fe0000000000000", "a double"],
  [new CtyDecimal("0.1"), `a3${Buffer.from("0.1").toString("hex")}`, "text"],
  [Number.POSITIVE_INFINITY, "cb7ff0000000000000", "an infinite double"],
])("the number %s is written as %s: %s", (value, hex) => {
  expect(hexOf(value, NUMBER)).toBe(hex);
});

test("0.1 as a double stays that double, and as a decimal stays that decimal", () => {
  const double = Buffer.from("cb3fb999999999999a", "hex");
  const text = Buffer.from(`a3${Buffer.from("0.1").toString("hex")}`, "hex");
  expect(decodeCty(double, NUMBER)).toBe(0.1);
  expect(decodeCty(text, NUMBER)).toEqual(new CtyDecimal("0.1"));
  for (const bytes of [double, text])
    expect(hexOf(decodeCty(bytes, NUMBER), NUMBER)).toBe(bytes.toString("hex"));
});

test("NaN is no number of cty", () => {
  expect(() => encodeCty(Number.NaN, NUMBER)).toThrow(expect.objectContaining({ code: "cty_encode_failed" }));
});

test.each<[string, CtyValue, CtyType, string]>([
  ["an unknown value", new CtyUnknown(), { kind: "string" }, "d40000"],
  [
    "an unknown value that is not null",
    new CtyUnknown(Buffer.of(0x81, 1, 0xc2)),
    { kind: "string" },
    "c7030c8101c2",
  ],
  [
    "a dynamic value",
    new CtyDynamic('"string"', "x"),
    { kind: "dynamic" },
    `92c408${Buffer.from('"string"').toString("hex")}a178`,
  ],
])("%s is written as cty writes it", (_, value, type, hex) => {
  expect(hexOf(value, type)).toBe(hex);
  expect(decodeCty(Buffer.from(hex, "hex"), type)).toEqual(value);
});

test("a value as deep as may be is written and read, and a deeper one is refused", () => {
  const nested = (depth: number): [CtyValue, CtyType] => {
    let [value, type]: [CtyValue, CtyType] = ["x", { kind: "string" }];
    for (let level = 0; level < depth; level += 1) {
      [value, type] = [[value], { kind: "list", element: type }];
    }
    return [value, type];
  };
  const [value, type] = nested(500);
  expect(decodeCty(encodeCty(value, type), type)).toEqual(value);
  expect(() => encodeCty(...nested(501))).toThrow(expect.objectContaining({ code: "cty_encode_failed" }));
});

test("a dynamic value whose type is dynamic again is none, however often it says so", () => {
  const pair = Buffer.concat([Buffer.from([0x92, 0xc4, 9]), Buffer.from('"dynamic"')]);
  const bytes = Buffer.concat([...Array.from({ length: 100_000 }, () => pair), Buffer.of(0xc0)]);
  expect(() => decodeCty(bytes, { kind: "dynamic" })).toThrow(
    expect.objectContaining({ code: "cty_decode_failed" }),
  );
  const twice = new CtyDynamic('"dynamic"', new CtyDynamic('"string"', "x"));
  expect(() => encodeCty(twice, { kind: "dynamic" })).toThrow(
    expect.objectContaining({ code: "cty_encode_failed" }),
  );
});

test("a type or value nested without end is refused and does not end the stack", () => {
  const depth = 100_000;
  const type = `${'["list",'.repeat(depth)}"string"${"]".repeat(depth)}`;
  const head = Buffer.from([0x92, 0xc6, 0, 0, 0, 0]);
  head.writeUInt32BE(type.length, 2);
  const bytes = Buffer.concat([head, Buffer.from(type), Buffer.of(0x90)]);
  expect(() => decodeCty(bytes, { kind: "dynamic" })).toThrow(
    expect.objectContaining({ code: "cty_type_invalid" }),
  );
});
