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

it("another event begins the rounds again: what it did may show as late as what the first one did", () => {
  const lastAt = new Date(NOW.getTime() + 100_000);
  const look = {
    stackId: "s" as StackId,
    address: "a.b",
    dueAt: lastAt,
    round: 0,
    since: NOW,
    receivedAt: NOW,
    lastAt,
  };
  const next = nextRound(look);
  expect(after(next?.dueAt ?? NOW)).toBe(105_000);
});

it("sweeps keep their interval within a tenth", () => {
  const everyMs = fc.integer({ min: 1_000, max: 86_400_000 });
  const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  fc.assert(
    fc.property(everyMs, random, (every, chance) => {
      expect(after(nextSweep(NOW, every, chance))).toBeGreaterThanOrEqual(Math.floor(every * 0.9));
      expect(after(nextSweep(NOW, every, chance))).toBeLessThanOrEqual(every * 1.1);
    }),
  );
});

it("of stacks that are new together the first is looked at at once, and the others are spread, all within their interval", () => {
  const chance = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 86_400_000 }), chance, (every, random) => {
      const starts = Array.from({ length: 500 }, (_, index) => after(firstSweep(NOW, every, index, random)));
      expect(starts[0]).toBe(0);
      expect(Math.max(...starts)).toBeLessThan(every);
      // No second has more than its share, even where they do not fit into their interval one after the other.
      const bySecond = Map.groupBy(starts, (at) => Math.floor(at / 1000));
      const busiest = Math.max(...[...bySecond.values()].map(({ length }) => length));
      expect(busiest).toBeLessThanOrEqual(Math.max(11, Math.ceil(500 / Math.floor(every / 1000)) + 11));
    }),
  );
});

it("a failed check is tried again soon, then later and later, and never later than the next sweep", () => {
  const waits = [1, 2, 3, 4, 50].map((failures) => after(retrySweep(NOW, 60_000, failures)));
  expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
});
