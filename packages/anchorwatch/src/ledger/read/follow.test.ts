import { describe, expect, it } from "vitest";
import { follow } from "./follow.ts";
import { logOf, type MemoryLog } from "./log.fixture.ts";
import { openLog } from "./openLog.ts";

const open = (log: MemoryLog) => openLog(log.source, { keys: [log.key] });

/** The log as it is at each look; afterwards nobody looks any more. */
async function followed(first: MemoryLog, later: readonly MemoryLog[], into: number[]): Promise<void> {
  const left = [...later];
  const options = {
    from: 1,
    pause: async () => left.length > 0,
    reopen: () => open(left.shift() ?? first),
  };
  for await (const { index } of follow(await open(first), options)) into.push(index);
}

describe("following a log", () => {
  it("gives each entry once, as the log grows", async () => {
    const seen: number[] = [];
    await followed(await logOf(3), [await logOf(3), await logOf(5), await logOf(6)], seen);
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
