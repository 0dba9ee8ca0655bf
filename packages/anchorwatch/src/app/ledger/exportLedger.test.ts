import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { thisLedgerMachine } from "../../cli/ledger/thisLedgerMachine.ts";
import type { Warning } from "../../domain/errors.ts";
import { openLedgerIndex } from "../../ledger/index/open.ts";
import { logOf, type MemoryLog } from "../../ledger/read/log.fixture.ts";
import { exportLedger } from "./exportLedger.ts";

const SIZE = 600;
let log: MemoryLog;
let path: string;
let index: string;

beforeAll(async () => {
  log = await logOf(SIZE);
});

beforeEach(() => {
  const base = mkdtempSync(join(tmpdir(), "aw-export-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  path = join(base, "log");
  index = join(base, "log.private", "index.sqlite");
  for (const [name, bytes] of log.files) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
});

/** As the writer of a log with these entries leaves it. */
async function writeIndex(of: MemoryLog = log, root = rootOf(of)): Promise<void> {
  const made = await openLedgerIndex({ path: index, agrees: async () => true });
  made.add(
    of.entries.map((bytes, at) => ({ index: at, bytes })),
    root,
  );
  made.close();
}

function rootOf({ note }: MemoryLog): string {
  return note.split("\n")[2] ?? "";
}

async function exported(): Promise<{
  readonly indexes: readonly number[];
  readonly warnings: readonly Warning[];
}> {
  const warnings: Warning[] = [];
  const { pieces } = await exportLedger(
    {
      place: { kind: "folder", name: "log", path },
      keys: [log.key],
      query: { address: "aws_vpc.main[3]" },
      format: "jsonl",
      version: "1",
    },
    thisLedgerMachine(),
    {
      signal: new AbortController().signal,
      progress: () => {},
      onWarning: (warning) => warnings.push(warning),
    },
  );
  const lines: string[] = [];
  for await (const piece of pieces) lines.push(piece);
  const indexes = lines.slice(1).map((line) => (JSON.parse(line) as { index: number }).index);
  return { indexes, warnings };
}

const WANTED = Array.from({ length: SIZE / 5 }, (_, at) => 5 * at + 3);

describe("an export that looks for entries", () => {
  it("uses the search index beside the log, and leaves it as it is", async () => {
    await writeIndex();
    const before = readFileSync(index);
    expect(await exported()).toEqual({ indexes: WANTED, warnings: [] });
    expect(readFileSync(index)).toEqual(before);
  });

  it.each<[string, () => Promise<void> | void]>([
    ["is damaged", () => writeFileSync(index, "no database ".repeat(1000))],
    ["is of other entries", async () => writeIndex(await logOf(SIZE, (at) => Buffer.from(`other ${at}`)))],
    ["covers more than the log", async () => writeIndex(await logOf(SIZE + 1))],
    ["says of no tree that it is of it", async () => writeIndex(log, "")],
  ])("does without one that %s, says so, and does not mend it", async (_what, make) => {
    mkdirSync(dirname(index), { recursive: true });
    await make();
    const before = readFileSync(index);
    const { indexes, warnings } = await exported();
    expect(indexes).toEqual(WANTED);
    expect(warnings).toMatchObject([
      { code: "ledger_index_unusable", message: expect.stringContaining(index) },
    ]);
    expect(readFileSync(index)).toEqual(before);
  });

  it("goes on without one that turns out to be damaged on the way, and names no entry twice", async () => {
    await writeIndex();
    const bytes = readFileSync(index);
    // The pages that are read at the opening stay: those with the tables' definitions and what is covered.
    const covered = bytes.indexOf(rootOf(log));
    const page = bytes.readUInt16BE(16);
    for (let at = page; at < bytes.length; at += page) {
      if (covered < at || covered >= at + page) bytes.fill(0xff, at, at + page);
    }
    writeFileSync(index, bytes);
    const { indexes, warnings } = await exported();
    expect(indexes).toEqual(WANTED);
    expect(warnings).toMatchObject([{ code: "ledger_index_unusable" }]);
  });

  it("says nothing where there is none", async () => {
    expect(await exported()).toEqual({ indexes: WANTED, warnings: [] });
  });
});
