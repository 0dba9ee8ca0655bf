import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeEntry } from "../entry/entry.ts";
import type { LedgerIndex } from "../index/ledgerIndex.ts";
import { openLedgerIndex } from "../index/open.ts";
import type { LedgerQuery } from "../index/query.ts";
import { entryInput, logOf, type MemoryLog } from "./log.fixture.ts";
import { openLog } from "./openLog.ts";
import { search } from "./search.ts";

const SIZE = 300;
const folder = mkdtempSync(join(tmpdir(), "aw-search-"));
let log: MemoryLog;
let index: LedgerIndex;

/** Entry 7 is none of ours. */
const entryAt = (at: number) =>
  at === 7 ? new TextEncoder().encode("not an entry") : encodeEntry(entryInput(at));

beforeAll(async () => {
  log = await logOf(SIZE, entryAt);
  index = await openLedgerIndex({ path: join(folder, "index.sqlite"), agrees: async () => true });
  // It lies behind: the rest has to be read.
  index.add(log.entries.slice(0, 200).map((bytes, at) => ({ index: at, bytes })));
});

afterAll(() => {
  index.close();
  rmSync(folder, { recursive: true });
});

async function found(query: LedgerQuery, through?: LedgerIndex): Promise<readonly number[]> {
  const opened = await openLog(log.source, { keys: [log.key] });
  const indexes: number[] = [];
  for await (const entry of search(opened, query, through)) {
    expect(entry.bytes).toEqual(log.entries[entry.index]);
    indexes.push(entry.index);
  }
  return indexes;
}

const time = (at: number) => new Date(entryInput(at).time);

describe("a search", () => {
  it.each<[string, LedgerQuery, number]>([
    ["everything", {}, SIZE],
    ["a range", { fromIndex: 5, toIndex: 9 }, 4],
    ["a range behind the index", { fromIndex: 250, toIndex: 260 }, 10],
    ["a stack", { stack: "app" }, 100],
    ["a workspace", { workspace: "default" }, 199],
    ["an address", { address: "aws_vpc.main[2]" }, 59],
    ["an actor", { actor: "arn:bob" }, 199],
    ["a person by name", { user: "Ada" }, 100],
    ["a person by id", { user: "ada" }, 100],
    ["a person who is a principal", { user: "arn:bob" }, 0],
    ["a kind", { kind: "ledger.anchor_failed" }, 100],
    ["kinds by their beginning", { kind: "ledger" }, 299],
    ["kinds by half a word", { kind: "led" }, 0],
    ["a time", { from: time(10), to: time(20) }, 10],
    ["words", { text: "NO SPACE 29" }, 3],
    ["several things", { stack: "app", address: "aws_vpc.main[0]", fromIndex: 100 }, 13],
  ])("for %s finds the same with and without the index", async (_what, query, count) => {
    const read = await found(query);
    expect(await found(query, index)).toEqual(read);
    expect(read).toHaveLength(count);
    expect(read).toEqual([...read].sort((a, b) => a - b));
  });

  it("does not believe an index that names wrong entries", async () => {
    const liar = { size: () => SIZE, search: () => [0, 1, 2, 3] };
    const opened = await openLog(log.source, { keys: [log.key] });
    const indexes: number[] = [];
    for await (const entry of search(opened, { stack: "app" }, liar)) indexes.push(entry.index);
    expect(indexes).toEqual([0, 3]);
  });
});
