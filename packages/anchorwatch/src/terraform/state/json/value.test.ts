import fc from "fast-check";
import { expect, test } from "vitest";
import { Decimal } from "../../../domain/value.ts";
import { parseJson } from "./parse.ts";
import { readNumber } from "./value.ts";

function parse(text: string) {
  return parseJson(Buffer.from(text), "x.json");
}

/** Values of JSON with numbers that JavaScript writes without an exponent. */
const plainJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0.5, -12.25),
    fc.string({ unit: "binary" }),
    fc.maxSafeInteger(),
    fc.array(tie("value")),
    fc.dictionary(fc.string({ unit: "binary" }), tie("value")),
  ),
})).value;

test("values are those that JSON.parse gives", () => {
  fc.assert(
    fc.property(plainJson, (value) => {
      const text = JSON.stringify(value, undefined, 1);
      expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

test("integers of any size keep every digit", () => {
  fc.assert(
    fc.property(fc.bigInt(), (integer) => {
      expect(BigInt(readNumber(String(integer)) as number | bigint)).toBe(integer);
    }),
  );
  expect(readNumber("9007199254740993")).toBe(9007199254740993n);
  expect(readNumber("9007199254740991")).toBe(9007199254740991);
  expect(readNumber("1e3")).toBe(1000);
  expect(readNumber("1e300")).toBe(10n ** 300n);
});

test("every double is read as itself", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
      const read = readNumber(JSON.stringify(double));
      expect(read instanceof Decimal ? Number(read.text) : Number(read)).toBe(double === 0 ? 0 : double);
    }),
  );
});

test("decimals that a double cannot hold keep their digits in one plain form", () => {
  expect(readNumber("0.1")).toBe(0.1);
  expect(readNumber("0.10")).toBe(0.1);
  expect(readNumber("-0.12345678901234567890")).toEqual(new Decimal("-0.1234567890123456789"));
  expect(readNumber("12345.678901234567890123e-2")).toEqual(new Decimal("123.45678901234567890123"));
  expect(readNumber("-0")).toBe(0);
  expect(readNumber("-0.0e5")).toBe(0);
});

test("a number too large to write out stays what it is, in no time", () => {
  expect(readNumber("1e999999999")).toEqual(new Decimal("1e999999999"));
  const long = "1".repeat(100_000);
  expect(readNumber(long)).toEqual(new Decimal(long));
});

test("keys such as __proto__ are data", () => {
  const value = parse('{"__proto__": {"polluted": true}, "constructor": 1}') as Record<string, unknown>;
  expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
  expect(Object.getPrototypeOf(value)).toBeNull();
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});
