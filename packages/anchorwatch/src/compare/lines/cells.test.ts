import fc from "fast-check";
import { expect, it } from "vitest";
import { cells, fitting } from "./cells.ts";

it.each([
  ["", 0],
  ["abc", 3],
  ["größe", 5],
  ["日本", 4],
  ["e\u0301", 1],
  ["😀", 2],
])("“%s” takes %d cells", (text, width) => {
  expect(cells(text)).toBe(width);
});

it("the beginning that fits never takes more than the width, and nothing more would fit", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, width) => {
      const part = fitting(text, width);
      expect(text.startsWith(part)).toBe(true);
      expect(cells(part)).toBeLessThanOrEqual(width);
      const next = [...text.slice(part.length)][0] ?? "";
      if (next !== "") expect(cells(part + next)).toBeGreaterThan(width);
    }),
  );
});
