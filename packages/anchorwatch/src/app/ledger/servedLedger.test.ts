import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leafHash, parseCheckpoint, parseNote, verifyConsistency } from "tlog";
import { folderSource } from "tlog/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { thisLedgerMachine } from "../../cli/ledger/thisLedgerMachine.ts";
import type { Warning } from "../../domain/errors.ts";
import { verifierKeysIn } from "../../ledger/keys/kmsKeys.ts";
import { proveEntry, verifyProof } from "../../ledger/read/proofFile.ts";
import { testEntry } from "../../ledger/writer/writer.fixture.ts";
import { ledgerFolder } from "./ledgerFolder.ts";
import { withLedger } from "./openLedger.ts";
import type { LedgerSearch } from "./searchPart.ts";
import { type ServedLedger, servedLedger } from "./servedLedger.ts";
import type { WritableLedger } from "./writableLedger.ts";

const machine = thisLedgerMachine();
/** One for the log's beginning. */
const SIZE = 601;
let base: string;
let ledger: WritableLedger;
const warnings: Warning[] = [];

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "aw-served-"));
  ledger = await ledgerFolder({ kind: "folder", name: "log", path: join(base, "log") }, machine);
  await append(1, SIZE);
}, 60_000);

afterAll(() => rmSync(base, { recursive: true }));

/** Entry `n` has the id `e-n`; every seventh is of the stack `rare`. */
async function append(from: number, to: number): Promise<void> {
  await withLedger(
    ledger,
    machine,
    () => {},
    async ({ writer }) => {
      const numbers = Array.from({ length: to - from }, (_, i) => from + i);
      await Promise.all(
        numbers.map((n) =>
          writer.append({
            ...testEntry(`e-${n}`, new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString()),
            ...(n % 7 === 0 ? { stack: { name: "rare", kind: "terraform" } } : {}),
          }),
        ),
      );
    },
  );
}

function served(options: { readonly indexed: boolean; readonly folder?: string }): ServedLedger {
  const { storage, privateFolder, keeper } = ledger;
  const source =
    options.folder === undefined
      ? { name: storage.name, read: (path: string) => storage.read(path) }
      : folderSource(options.folder);
  return servedLedger({
    source,
    keys: () => verifierKeysIn(privateFolder, keeper),
    ...(options.indexed ? { indexFile: join(privateFolder, "index.sqlite") } : {}),
    onWarning: (warning) => warnings.push(warning),
  });
}

/** All parts of a search: the ids that it found, and how many parts it took. */
async function all(log: ServedLedger, search: LedgerSearch) {
  const ids: string[] = [];
  let parts = 0;
  for (let at: number | undefined = search.at; ; ) {
    const part = await log.search({ ...search, ...(at === undefined ? {} : { at }) });
    parts += 1;
    expect(part.entries.length).toBeLessThanOrEqual(search.limit);
    for (const { decoded } of part.entries) ids.push(decoded.kind === "entry" ? decoded.entry.id : "?");
    if (part.next === undefined) return { ids, parts };
    at = part.next;
  }
}

const rare = Array.from({ length: SIZE }, (_, n) => n)
  .filter((n) => n > 0 && n % 7 === 0)
  .map((n) => `e-${n}`);

describe.each([true, false])("the ledger that is served, with a search index: %s", (indexed) => {
  it.each([true, false])("gives every entry once, newest first: %s", async (newestFirst) => {
    const { ids } = await all(served({ indexed }), { query: {}, newestFirst, limit: 50 });
    const expected = ["ledger.created", ...Array.from({ length: SIZE - 1 }, (_, i) => `e-${i + 1}`)];
    expect(ids).toEqual(newestFirst ? expected.toReversed() : expected);
  });

  it.each([true, false])("finds what is asked for, newest first: %s", async (newestFirst) => {
    const log = served({ indexed });
    for (const limit of [3, 500]) {
      const { ids } = await all(log, { query: { stack: "rare" }, newestFirst, limit });
      expect(ids).toEqual(newestFirst ? rare.toReversed() : rare);
    }
    const none = await all(log, { query: { stack: "none" }, newestFirst, limit: 3 });
    expect(none.ids).toEqual([]);
  });

  it("knows where an entry of an id is", async () => {
    const log = served({ indexed });
    const index = await log.indexOf("e-300");
    expect(index).toBeTypeOf("number");
    const { decoded } =
      (await log.search({ query: {}, newestFirst: true, limit: 1, at: index ?? -1 })).entries[0] ?? {};
    expect(decoded).toMatchObject({ entry: { id: "e-300" } });
    expect(await log.indexOf("e-0")).toBeUndefined();
  });

  it("proves what it gives by the keys of the log", async () => {
    const opened = await served({ indexed }).newest();
    expect(opened.signedBy).toHaveLength(1);
    const proven = await verifyProof("file", await proveEntry(opened, 300), { keys: opened.signedBy });
    expect(proven).toMatchObject({ index: 300, checkpoint: { size: SIZE } });
    const { root } = parseCheckpoint(parseNote(opened.note).text);
    await verifyConsistency({
      older: 200,
      newer: SIZE,
      olderRoot: Buffer.from(await opened.rootAt(200), "base64"),
      newerRoot: root,
      proof: await opened.consistencyProof(200, SIZE),
    });
    expect(warnings).toEqual([]);
  });
});

describe("a ledger that grows while it is served", () => {
  it("is seen anew, and what was opened before still proves what it did", async () => {
    const log = served({ indexed: true });
    const before = await log.newest();
    expect(await log.newest()).toBe(before);
    const { size } = before.checkpoint;
    await append(size, size + 3);
    const after = await log.newest();
    expect(after.checkpoint.size).toBe(size + 3);
    expect(await log.indexOf(`e-${size + 2}`)).toBeDefined();
    const old = await verifyProof("file", await proveEntry(before, 1), { keys: before.signedBy });
    expect(old.checkpoint.size).toBe(size);
    const { bytes } = await before.entry(2);
    expect(await after.prove(2, await leafHash(bytes))).toBeDefined();
    expect(warnings).toEqual([]);
  });

  it("is refused when an older copy of it stands in its place", async () => {
    const copy = join(base, "copy");
    cpSync(ledger.storage.name, copy, { recursive: true });
    const log = served({ indexed: false, folder: copy });
    const { size } = (await log.newest()).checkpoint;
    await append(size, size + 1);
    const older = await readFile(join(copy, "checkpoint"));
    cpSync(ledger.storage.name, copy, { recursive: true });
    expect((await log.newest()).checkpoint.size).toBe(size + 1);
    await writeFile(join(copy, "checkpoint"), older);
    await expect(log.newest()).rejects.toMatchObject({ code: "ledger_rolled_back" });
    expect(await log.read("checkpoint")).toEqual(new Uint8Array(older));
    expect(await log.read("../log.private/fingerprint.key")).toBeUndefined();
  });

  it("is read without an index that speaks of another log, which is told once", async () => {
    const { privateFolder, keeper } = ledger;
    const other = join(base, "other");
    const foreign = await ledgerFolder({ kind: "folder", name: "other", path: other }, machine);
    await withLedger(
      foreign,
      machine,
      () => {},
      async () => undefined,
    );
    const told: Warning[] = [];
    const log = servedLedger({
      source: folderSource(other),
      keys: async () => [],
      indexFile: join(privateFolder, "index.sqlite"),
      onWarning: (warning) => told.push(warning),
    });
    expect(await verifierKeysIn(privateFolder, keeper)).toHaveLength(1);
    for (let i = 0; i < 3; i++) {
      const { ids } = await all(log, { query: { kind: "ledger" }, newestFirst: true, limit: 10 });
      expect(ids).toEqual(["ledger.created"]);
    }
    expect(told.map(({ code }) => code)).toEqual(["ledger_index_unusable"]);
    expect((await log.newest()).signedBy).toEqual([]);
  });
});
