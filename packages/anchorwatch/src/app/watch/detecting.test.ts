import { expect, it } from "vitest";
import { encodeEntry } from "../../ledger/entry/entry.ts";
import type { EntryInput } from "../../ledger/entry/form.ts";
import type { DetectorStatus, OutboxEntry, WatchRecords } from "../../watch/records.ts";
import { lookAtDetectors } from "./detecting.ts";
import type { WatchContext } from "./watchContext.ts";

const NOW = new Date("2026-01-02T03:04:05.678Z");

/** What is told when these are found dead at once. */
async function told(dead: readonly Pick<DetectorStatus, "name" | "problem">[]) {
  const put: OutboxEntry[] = [];
  const records = {
    transaction: async (work: (inside: unknown) => Promise<unknown>) => await work(records),
    detectors: {
      buryDead: async () => dead.map((one) => ({ at: NOW, expectedWithinMs: 1, deadSince: NOW, ...one })),
      resurrect: async () => [],
    },
    outbox: { put: async (entries: readonly OutboxEntry[]) => void put.push(...entries) },
  };
  const context: Pick<WatchContext, "records" | "now"> = {
    records: records as unknown as WatchRecords,
    now: () => NOW,
  };
  await lookAtDetectors(context as WatchContext);
  return put;
}

it("detectors that die at once are told one by one, however alike their names end", async () => {
  const end = "a long path that many stacks have in common/production/network";
  const entries = await told([{ name: `stack:one/${end}` }, { name: `stack:two/${end}` }]);
  expect(new Set(entries.map(({ id }) => id)).size).toBe(2);
});

it("a problem that is cut inside of a character is one that the ledger takes", async () => {
  const [entry] = await told([{ name: "events:trail", problem: `${"x".repeat(3999)}😀` }]);
  expect(() => encodeEntry(entry?.entry as unknown as EntryInput)).not.toThrow();
});
