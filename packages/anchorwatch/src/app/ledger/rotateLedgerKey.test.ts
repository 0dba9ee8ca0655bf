import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { thisLedgerMachine } from "../../cli/ledger/thisLedgerMachine.ts";
import { ledgerFolder } from "./ledgerFolder.ts";
import { withLedger } from "./openLedger.ts";
import { rotateLedgerKey } from "./rotateLedgerKey.ts";
import type { WritableLedger } from "./writableLedger.ts";

const machine = thisLedgerMachine();

async function newLedger(): Promise<WritableLedger> {
  const base = mkdtempSync(join(tmpdir(), "aw-rotate-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  return await ledgerFolder({ kind: "folder", name: "log", path: join(base, "log") }, machine);
}

const noWarning = (warning: unknown) => expect(warning).toBeUndefined();
const open = (ledger: WritableLedger) =>
  withLedger(ledger, machine, noWarning, async ({ index }) => [...index.search({ kind: "ledger" })]);

it("a key whose rotation a crash cut short before its entry gets that entry at the next start, once", async () => {
  const ledger = await newLedger();
  expect(await open(ledger)).toEqual([0]);
  await ledger.keys.rotate();
  // The entry is appended after the log was opened.
  await open(ledger);
  expect(await open(ledger)).toEqual([0, 1]);
  expect(await open(ledger)).toEqual([0, 1]);
});

it("a rotation that ended has one entry", async () => {
  const ledger = await newLedger();
  await open(ledger);
  const { index } = await rotateLedgerKey(ledger, machine, noWarning);
  expect(index).toBe(1);
  expect(await open(ledger)).toEqual([0, 1]);
});
