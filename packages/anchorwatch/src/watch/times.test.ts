import fc from "fast-check";
import { expect, it } from "vitest";
import type { WantedLook } from "./records.ts";
import { nextRound } from "./rounds.ts";
import type { StackId } from "./stack.ts";
import { firstSweep, nextSweep, retrySweep } from "./sweepTimes.ts";

const NOW = new Date("2026-01-01T00:00:00.000Z");
const after = (date: Date) => date.getTime() - NOW.getTime();

it("what shows no change yet is read again 5, 30 and 120 seconds after the event came, and then no more", () => {
  const first: WantedLook = {
    stackId: "s" as StackId,
    address: "a.b",
    dueAt: NOW,
    round: 0,
    since: NOW,
    receivedAt: NOW,
  };
  const rounds: number[] = [];
  for (let look = nextRound(first); look !== undefined; look = nextRound(look))
    rounds.push(after(look.dueAt));
  expect(rounds).toEqual([5_000, 30_000, 120_000]);
});

it("sweeps keep their interval within a tenth, and a new stack waits a minute at most", () => {
  const everyMs = fc.integer({ min: 1_000, max: 86_400_000 });
  const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  fc.assert(
    fc.property(everyMs, random, (every, chance) => {
      expect(after(nextSweep(NOW, every, chance))).toBeGreaterThanOrEqual(Math.floor(every * 0.9));
      expect(after(nextSweep(NOW, every, chance))).toBeLessThanOrEqual(every * 1.1);
      expect(after(firstSweep(NOW, every, chance))).toBeLessThan(60_001);
    }),
  );
});

it("a failed check is tried again soon, then later and later, and never later than the next sweep", () => {
  const waits = [1, 2, 3, 4, 50].map((failures) => after(retrySweep(NOW, 60_000, failures)));
  expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
});
