import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDecimal } from "./number.ts";

test("every exact number is read back", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      expect(parseDecimal(String(value))).toBe(value);
    }),
  );
  expect(parseDecimal("9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
});

test.each([
  "",
  "01",
  "00",
  "-1",
  "-0",
  "+1",
  "1.0",
  "1e3",
  " 1",
  "1 ",
  "1\n",
  "0x1",
  "1_000",
  "١",
  "9007199254740992",
])("%j is no number", (text) => {
  expect(parseDecimal(text)).toBeUndefined();
});

test.each(["18446744073709551615", "18446744073709551616", "9".repeat(400)])(
  "%s is not rounded but refused",
  (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  },
);
