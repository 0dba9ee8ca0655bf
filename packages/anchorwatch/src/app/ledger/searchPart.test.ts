import { beforeAll, expect, it } from "vitest";
import { logOf } from "../../ledger/read/log.fixture.ts";
import type { OpenedLog } from "../../ledger/read/openedLog.ts";
import { openLog } from "../../ledger/read/openLog.ts";
import { searchPart } from "./searchPart.ts";

const SIZE = 5000;
let log: OpenedLog;

beforeAll(async () => {
  const { source, key } = await logOf(SIZE);
  log = await openLog(source, { keys: [key] });
});

it("ends a part after so much was read for nothing, and says where to go on", async () => {
  const nothing = { query: { stack: "none" }, limit: 10 };
  const newest = await searchPart(log, { ...nothing, newestFirst: true }, undefined);
  expect(newest).toEqual({ entries: [], next: expect.any(Number) });
  expect(await searchPart(log, { ...nothing, newestFirst: true, at: newest.next ?? -1 }, undefined)).toEqual({
    entries: [],
  });
  const oldest = await searchPart(log, { ...nothing, newestFirst: false }, undefined);
  expect(oldest).toEqual({ entries: [], next: expect.any(Number) });
});

it("believes no index: what it names is looked at again", async () => {
  const lying = { size: () => SIZE, search: () => [3, 4, 5, 6] };
  const part = await searchPart(log, { query: { stack: "app" }, newestFirst: false, limit: 10 }, lying);
  expect(part.entries.map(({ index }) => index)).toEqual([3, 6]);
});

it("ends a part as well where an index sends it everywhere for nothing", async () => {
  const lying = { size: () => SIZE, search: () => Array.from({ length: SIZE }, (_, index) => index) };
  const nothing = { query: { stack: "none" }, limit: 10, newestFirst: false };
  const part = await searchPart(log, nothing, lying);
  expect(part).toEqual({ entries: [], next: 4096 });
  expect(await searchPart(log, { ...nothing, at: 4096 }, undefined)).toEqual({ entries: [] });
});

it("gives nothing from a place beyond the log", async () => {
  for (const at of [SIZE, SIZE + 10]) {
    expect(await searchPart(log, { query: {}, newestFirst: true, limit: 10, at }, undefined)).toEqual({
      entries: [],
    });
  }
});
