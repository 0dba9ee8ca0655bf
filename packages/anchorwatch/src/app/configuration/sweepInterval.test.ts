import fc from "fast-check";
import { expect, it } from "vitest";
import { sweepInterval } from "./sweepInterval.ts";

it("is never rarer than the operator wants, and never more often than the more frequent wish", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1 }),
      fc.option(fc.integer({ min: 1 }), { nil: undefined }),
      (operator, repository) => {
        const interval = sweepInterval(operator, repository);
        expect(interval).toBeLessThanOrEqual(operator);
        expect([operator, repository]).toContain(interval);
      },
    ),
  );
});
