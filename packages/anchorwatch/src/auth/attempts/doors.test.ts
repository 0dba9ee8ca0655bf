import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AttemptRecords } from "../records.ts";
import { accountDoor, browserDoor, type Door, forgive, networkDoor, pairDoor, passDoors } from "./doors.ts";
import { TooOftenError } from "./tooOften.ts";

const START = Date.parse("2026-03-01T00:00:00.000Z");
const HOUR = 3_600_000;

function memory(): AttemptRecords & { readonly keys: readonly string[] } {
  const counts = new Map<string, number>();
  return {
    get keys() {
      return [...counts.keys()];
    },
    failed: async (key) => {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return counts.get(key) ?? 0;
    },
    count: async (key) => counts.get(key) ?? 0,
    clear: async (key) => void counts.delete(key),
    forget: async () => 0,
  };
}

async function passes(attempts: AttemptRecords, doors: readonly Door[], at: number): Promise<boolean> {
  return await passDoors(attempts, doors, "trying", new Date(at)).then(
    () => true,
    (error: unknown) => {
      if (error instanceof TooOftenError) return false;
      throw error;
    },
  );
}

describe("a door", () => {
  it("lets through no more than it says in any of its windows, whenever it is tried", async () => {
    const door = pairDoor("kim", "192.0.2.1");
    const times = fc.array(fc.integer({ min: 0, max: 3 * HOUR }), { minLength: 1, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(times, async (given) => {
        const attempts = memory();
        const passed: number[] = [];
        for (const time of given.sort((a, b) => a - b)) {
          if (await passes(attempts, [door], START + time)) passed.push(time);
        }
        for (const { most, windowMs } of door.tiers) {
          const windows = Map.groupBy(passed, (time) => Math.floor(time / windowMs));
          for (const those of windows.values()) expect(those.length).toBeLessThanOrEqual(most);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("says how long it stays closed, and is open then", async () => {
    const attempts = memory();
    const door = browserDoor("b");
    for (let round = 0; round < 5; round++)
      await passDoors(attempts, [door], "trying", new Date(START + 10_000));
    const refused = passDoors(attempts, [door], "trying", new Date(START + 10_000));
    await expect(refused).rejects.toMatchObject({ code: "request_too_often", retryAfterMs: 50_000 });
    expect(await passes(attempts, [door], START + 60_000)).toBe(true);
  });

  it("that sends somebody away keeps him from being counted behind it", async () => {
    const attempts = memory();
    const doors = [networkDoor("sign-in", "192.0.2.1"), pairDoor("kim", "192.0.2.1"), accountDoor("kim")];
    for (let round = 0; round < 500; round++) await passes(attempts, doors, START);
    // Of five hundred tries five came as far as the account itself.
    for (let round = 0; round < 25; round++)
      expect(await passes(attempts, [accountDoor("kim")], START)).toBe(true);
    expect(await passes(attempts, [accountDoor("kim")], START)).toBe(false);
  });

  it("opens again when it was no guess, and is no other's", async () => {
    const attempts = memory();
    const door = pairDoor("kim", "192.0.2.1");
    for (let round = 0; round < 6; round++) await passes(attempts, [door], START);
    expect(await passes(attempts, [pairDoor("kim", "192.0.2.2")], START)).toBe(true);
    expect(await passes(attempts, [accountDoor('kim","192.0.2.1')], START)).toBe(true);
    await forgive(attempts, [door], new Date(START));
    expect(await passes(attempts, [door], START)).toBe(true);
  });

  it("is kept without what was typed", async () => {
    const attempts = memory();
    await passes(attempts, [accountDoor("hunter2")], START);
    expect(attempts.keys.join()).not.toContain("hunter2");
  });
});
