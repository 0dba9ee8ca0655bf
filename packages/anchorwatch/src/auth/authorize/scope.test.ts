import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsFor, holds } from "./scope.ts";

const labels = fc.dictionary(fc.constantFrom("a", "b", "c", "toString"), fc.constantFrom("1", "2", ""), {
  noNullPrototype: false,
});

describe("a scope", () => {
  it("holds where all of its labels are, with their values", () => {
    fc.assert(
      fc.property(labels, labels, (there, wanted) => {
        const pairs = new Set(Object.entries(there).map((pair) => JSON.stringify(pair)));
        const all = Object.entries(wanted).every((pair) => pairs.has(JSON.stringify(pair)));
        expect(holds(there, wanted)).toBe(all);
      }),
    );
  });

  it("counts in fewer places the more labels it names, and on no part of the installation", () => {
    fc.assert(
      fc.property(labels, labels, labels, (there, scope, more) => {
        if (countsFor({ ...more, ...scope }, there)) expect(countsFor(scope, there)).toBe(true);
        expect(countsFor({}, there)).toBe(true);
        expect(countsFor(scope, undefined)).toBe(Object.keys(scope).length === 0);
      }),
    );
  });

  it("is not fulfilled by what every object inherits", () => {
    expect(holds({}, { constructor: "x" })).toBe(false);
    expect(holds({}, { toString: String(Object.prototype.toString) })).toBe(false);
  });
});
