import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { asOrdinaryUser } from "../../../../../test/support/ordinaryUser.ts";
import { entry } from "../entry/entries.fixture.ts";
import { encodeEntry } from "../entry/entry.ts";
import { openLedgerIndex, readLedgerIndex } from "./open.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "anchorwatch-reading-"));
  path = join(folder, "index.sqlite");
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

async function written(count: number) {
  const index = await openLedgerIndex({ path, agrees: async () => true });
  index.add(
    Array.from({ length: count }, (_, at) => ({
      index: at,
      bytes: encodeEntry(entry({ id: `e-${at}`, address: `a.b${at % 2}` })),
    })),
    "root",
  );
  return index;
}

it("finds what the writer has written, also while it is writing", async () => {
  const writer = await written(10);
  const reader = readLedgerIndex(path);
  expect(reader.covered()).toEqual({ size: 10, root: "root" });
  expect([...reader.search({ address: "a.b1" })]).toEqual([1, 3, 5, 7, 9]);
  writer.add([{ index: 10, bytes: encodeEntry(entry({ id: "e-10", address: "a.b1" })) }]);
  expect([...reader.search({ address: "a.b1" })]).toEqual([1, 3, 5, 7, 9, 10]);
  reader.close();
  writer.close();
});

it("changes nothing of an index that nobody is writing, and the writer goes on with it", async () => {
  (await written(10)).close();
  const before = readFileSync(path);
  const reader = readLedgerIndex(path);
  expect([...reader.search({ address: "a.b0" })]).toHaveLength(5);
  reader.close();
  expect(readFileSync(path)).toEqual(before);
  const again = await openLedgerIndex({ path, agrees: async () => true });
  expect(again.size()).toBe(10);
  again.close();
});

it("refuses one that is damaged, empty, foreign or of another version, and leaves it as it is", async () => {
  (await written(10)).close();
  const right = readFileSync(path);
  const unusable = { code: "ledger_index_unusable", message: expect.stringContaining(path) };
  const damaged: readonly (() => void)[] = [
    () => writeFileSync(path, ""),
    () => writeFileSync(path, "no database at all, but long enough for the head of one ".repeat(100)),
    () => writeFileSync(path, Buffer.concat([right.subarray(0, 4096), Buffer.alloc(right.length - 4096, 7)])),
    () => {
      writeFileSync(path, right);
      const database = new DatabaseSync(path);
      database.exec("PRAGMA user_version = 99");
      database.close();
    },
    () => {
      rmSync(path);
      const database = new DatabaseSync(path);
      database.exec("CREATE TABLE other (a)");
      database.close();
    },
  ];
  for (const damage of damaged) {
    damage();
    const before = readFileSync(path);
    expect(() => readLedgerIndex(path)).toThrow(expect.objectContaining(unusable));
    expect(readFileSync(path)).toEqual(before);
  }
});

it("does not make one where there is none", () => {
  expect(() => readLedgerIndex(path)).toThrow(expect.objectContaining({ code: "ledger_index_unusable" }));
  expect(existsSync(path)).toBe(false);
});

it.skipIf(process.getuid?.() !== 0)("refuses one that this user may not read", async () => {
  (await written(1)).close();
  const refused = { code: "ledger_index_unusable" };
  await asOrdinaryUser(async () => {
    expect(() => readLedgerIndex(path)).toThrow(expect.objectContaining(refused));
  });
});
