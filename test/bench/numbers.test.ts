import fc from "fast-check";
import { expect, it } from "vitest";
import { fitLine, median, percentile } from "./numbers.ts";

it("takes the middle of an odd number of values and the mean of the two middle ones of an even number", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 100])).toBe(3.5);
});

it("takes for a percentile the least number that so many do not exceed", () => {
  const upTo20 = Array.from({ length: 20 }, (_, at) => 20 - at);
  expect(percentile(upTo20, 95)).toBe(19);
  expect(percentile([7], 95)).toBe(7);
});

it("finds the line that points lie on", () => {
  const number = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(number, fc.integer({ min: 1, max: 1000 }), (intercept, slope) => {
      const line = fitLine([5, 10, 20, 50].map((x) => [x, intercept + slope * x] as const));
      expect(line.slope).toBeCloseTo(slope, 6);
      expect(line.intercept).toBeCloseTo(intercept, 4);
      expect(line.correlation).toBeCloseTo(1, 9);
    }),
  );
});

it("tells a curve from a line", () => {
  const squares = [1, 2, 4, 8, 16, 32].map((x) => [x, x ** 3] as const);
  expect(fitLine(squares).correlation).toBeLessThan(0.98);
});
