import fc from "fast-check";
import { expect, it } from "vitest";
import { digestOf, storable, stored } from "./text.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map(ofUnits),
);

/** Halves of surrogate pairs included. */
function ofUnits(units: number[]): string {
  return String.fromCharCode(...units);
}

it("every text comes back from the form in which PostgreSQL can hold it", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const form = storable(text);
      expect(form.includes("\0") || !form.isWellFormed()).toBe(false);
      expect(stored(form)).toBe(text);
    }),
    { examples: [["\0"], ["\u0001"], ['\u0001"a"'], ["\ud800"], ["a\udc00b"], [""]] },
  );
});

it("plain texts are stored as they are", () => {
  expect(storable('aws_x.y["ä/😀"]')).toBe('aws_x.y["ä/😀"]');
});

it("a digest has 16 bytes, and is that of sha256sum", () => {
  expect(digestOf("abc").toString("hex")).toBe("ba7816bf8f01cfea414140de5dae2223");
});
