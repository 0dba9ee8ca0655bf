import { describe, expect, it } from "vitest";
import { logOf } from "./log.fixture.ts";
import type { OpenedLog } from "./openedLog.ts";
import { openLog } from "./openLog.ts";

const BUNDLE = "tile/entries/001.p/44";

async function indexesOf(log: OpenedLog): Promise<{ read: number[]; error: unknown }> {
  const read: number[] = [];
  try {
    for await (const { index } of log.entries(0, log.checkpoint.size)) read.push(index);
  } catch (error) {
    return { read, error };
  }
  return { read, error: undefined };
}

/** Where an entry's bytes begin in its bundle. */
function offsetOf(entries: readonly Uint8Array[], bundle: number, index: number): number {
  return entries.slice(bundle * 256, index).reduce((sum, entry) => sum + 2 + entry.length, 0);
}

describe("a log with a damaged entry", () => {
  it("gives everything before the fault, and names file, entry and byte", async () => {
    const log = await logOf(300);
    const file = log.files.get(BUNDLE) as Uint8Array;
    const at = offsetOf(log.entries, 1, 270);
    file[at + 30] = (file[at + 30] as number) ^ 1;
    const opened = await openLog(log.source, { keys: [log.key] });
    const { read, error } = await indexesOf(opened);
    expect(read).toEqual(Array.from({ length: 270 }, (_, index) => index));
    expect(error).toMatchObject({ code: "ledger_corrupt" });
    expect(String(error)).toContain(`${BUNDLE}: entry 270, which begins at byte ${at}, is damaged`);
  });

  it("gives single entries around the fault, but not the damaged one", async () => {
    const log = await logOf(300);
    const file = log.files.get(BUNDLE) as Uint8Array;
    const at = offsetOf(log.entries, 1, 270) + 30;
    file[at] = (file[at] as number) ^ 1;
    const opened = await openLog(log.source, { keys: [log.key] });
    for (const index of [0, 256, 269, 271, 299]) {
      expect((await opened.entry(index)).bytes).toEqual(log.entries[index]);
    }
    await expect(opened.entry(270)).rejects.toMatchObject({ code: "ledger_corrupt" });
  });

  it("is read up to where a cut-off bundle ends", async () => {
    const log = await logOf(300);
    const at = offsetOf(log.entries, 1, 280) + 5;
    log.files.set(BUNDLE, (log.files.get(BUNDLE) as Uint8Array).subarray(0, at));
    const opened = await openLog(log.source, { keys: [log.key] });
    const { read, error } = await indexesOf(opened);
    expect(read).toHaveLength(280);
    expect(error).toMatchObject({ code: "ledger_corrupt" });
  });
});

describe("what openLog says of logs that cannot be believed", () => {
  it("tells a missing log", async () => {
    const log = await logOf(3);
    log.files.delete("checkpoint");
    await expect(openLog(log.source, { keys: [] })).rejects.toMatchObject({ code: "ledger_missing" });
  });

  it("tells a checkpoint that nobody known has signed, and one that was changed", async () => {
    const [log, other] = [await logOf(3), await logOf(4)];
    const key = { ...log.key, name: "example.com/other" };
    await expect(openLog(log.source, { keys: [key] })).rejects.toMatchObject({ code: "ledger_key_unknown" });
    const changed = log.note.replace("\n3\n", "\n2\n");
    log.files.set("checkpoint", new TextEncoder().encode(changed));
    await expect(openLog(log.source, { keys: [other.key] })).rejects.toMatchObject({
      code: "ledger_checkpoint_invalid",
    });
  });

  it("shows both checkpoints of a fork", async () => {
    const [log, other] = [await logOf(3), await logOf(3, (at) => new TextEncoder().encode(`x${at}`))];
    const opened = await openLog(log.source, { keys: [log.key] });
    const fork = opened.beginsWith(other.note);
    await expect(fork).rejects.toMatchObject({ code: "ledger_forked" });
    await expect(fork).rejects.toThrow(log.note.trimEnd());
    await expect(fork).rejects.toThrow(other.note.trimEnd());
  });

  it("tells a log that is shorter than it was", async () => {
    const [log, longer] = [await logOf(3), await logOf(5)];
    const opened = await openLog(log.source, { keys: [log.key] });
    await expect(opened.beginsWith(longer.note)).rejects.toMatchObject({ code: "ledger_rolled_back" });
    await expect(opened.entry(3)).rejects.toMatchObject({ code: "ledger_range_invalid" });
  });
});
