import fc from "fast-check";
import { expect, it } from "vitest";
import { benchmarkEstate } from "./estates.ts";

it("makes estates of exactly the size that is asked for", () => {
  fc.assert(
    fc.property(fc.integer({ min: 15, max: 5_000 }), (resources) => {
      const code = benchmarkEstate(resources)["main.tf"] ?? "";
      const counts = [...code.matchAll(/^ {2}count = (\d+)$/gm)].map((match) => Number(match[1]));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(resources);
      expect(Math.min(...counts)).toBeGreaterThan(0);
    }),
  );
});

it("uses fifteen resource types at every size", () => {
  for (const resources of [15, 300, 1_000]) {
    const types = [...(benchmarkEstate(resources)["main.tf"] ?? "").matchAll(/^resource "(\w+)"/gm)];
    expect(new Set(types.map((match) => match[1])).size).toBe(15);
  }
});
