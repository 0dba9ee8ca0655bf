import fc from "fast-check";
import { expect, test } from "vitest";
import { fitting } from "./fitting.ts";

test("the first items are given, as many as fit, and all of a short list", () => {
  const text = fc.tuple(fc.constantFrom("a", "é", "\u0001", '"'), fc.nat(3_000));
  const items = fc
    .array(text, { maxLength: 60 })
    .map((all) => all.map(([unit, times]) => unit.repeat(times)));
  fc.assert(
    fc.property(items, (list) => {
      const given = fitting(list);
      expect(given).toEqual(list.slice(0, given.length));
      expect(Buffer.byteLength(JSON.stringify(given))).toBeLessThanOrEqual(30_002);
      const next = list[given.length];
      if (next !== undefined)
        expect(Buffer.byteLength(JSON.stringify([...given, next]))).toBeGreaterThan(30_000);
    }),
  );
  expect(fitting(["a", "b"])).toEqual(["a", "b"]);
  expect(fitting(["x".repeat(40_000), "b"])).toEqual([]);
});
