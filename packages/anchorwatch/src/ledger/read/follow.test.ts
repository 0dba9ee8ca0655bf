import type { LogSource } from "tlog";
import { describe, expect, it } from "vitest";
import { follow } from "./follow.ts";
import { logOf, type MemoryLog } from "./log.fixture.ts";
import { openLog } from "./openLog.ts";

/** The log as it is at each look; afterwards nobody looks any more. */
async function followed(first: MemoryLog, later: readonly MemoryLog[], into: number[]): Promise<void> {
  const left = [...later];
  let now: MemoryLog | undefined = first;
  const source: LogSource = { name: "memory", read: async (path) => now?.files.get(path) };
  const pause = async () => {
    now = left.shift();
    return now !== undefined;
  };
  const log = await openLog(source, { keys: [first.key] });
  for await (const { index } of follow(log, { from: 1, pause })) into.push(index);
}

describe("following a log", () => {
  it("gives each entry once, as the log grows", async () => {
    const seen: number[] = [];
    await followed(await logOf(3), [await logOf(3), await logOf(5), await logOf(6)], seen);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it("goes on over the end of a tile, of which partial ones are gone by then", async () => {
    const seen: number[] = [];
    await followed(await logOf(250), [await logOf(256), await logOf(700)], seen);
    expect(seen).toEqual(Array.from({ length: 699 }, (_, at) => at + 1));
  });

  it("takes an older checkpoint of the same history for a slow cache, as long as the tiles are there", async () => {
    const [older, newer] = [await logOf(3), await logOf(5)];
    const stale = { ...newer, files: new Map([...newer.files, ["checkpoint", Buffer.from(older.note)]]) };
    const seen: number[] = [];
    await followed(older, [newer, stale, await logOf(6)], seen);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it("ends with the evidence when the log shows another history, or a shorter one", async () => {
    const other = await logOf(5, (at) => new TextEncoder().encode(`another ${at}`));
    const seen: number[] = [];
    await expect(followed(await logOf(3), [other], seen)).rejects.toMatchObject({ code: "ledger_forked" });
    await expect(followed(await logOf(3), [await logOf(2)], [])).rejects.toMatchObject({
      code: "ledger_rolled_back",
    });
    expect(seen).toEqual([1, 2]);
  });
});
