import fc from "fast-check";
import { expect, test } from "vitest";
import { CtyDecimal } from "../../../packages/tfprovider/src/cty/value.ts";
import { numberFromJson, numberToJson } from "./number.ts";

test.each([
  [1, 1],
  ["1.50", 1.5],
  ["-0.25", -0.25],
  [0.1, new CtyDecimal("0.1")],
  ["-12.340", new CtyDecimal("-12.34")],
  ["1e3", 1000],
  ["1.5e-3", new CtyDecimal("0.0015")],
  ["123456789012345678901234567890", 123456789012345678901234567890n],
  [1e21, 1000000000000000000000n],
])("%s is the number %s", (json, value) => {
  expect(numberFromJson(json)).toEqual(value);
});

test("text that is no number is none", () => {
  expect(numberFromJson("12a")).toBeUndefined();
});

test("every number survives the way to JSON and back", () => {
  const numbers = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt());
  fc.assert(
    fc.property(numbers, (number) => {
      const value = numberFromJson(typeof number === "bigint" ? number.toString() : number);
      const json = numberToJson(value as number);
      expect(numberFromJson(json as number)).toEqual(value);
    }),
  );
});
