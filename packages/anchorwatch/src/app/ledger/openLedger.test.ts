import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { checkResult } from "../../cli/formats/checkResult.fixture.ts";
import { thisLedgerMachine } from "../../cli/ledger/thisLedgerMachine.ts";
import { ledgerFolder } from "./ledgerFolder.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import { withLedger } from "./openLedger.ts";
import { checkLedger } from "./recordInLedger.ts";
import type { WritableLedger } from "./writableLedger.ts";

let ledger: WritableLedger;
let machine: LedgerMachine;
let pauses: number;

beforeEach(async () => {
  const base = mkdtempSync(join(tmpdir(), "aw-open-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  pauses = 0;
  const sleep = async () => {
    pauses += 1;
    if (pauses > 1000) expect.unreachable("it waits for longer than a minute");
  };
  machine = { ...thisLedgerMachine(), sleep };
  ledger = await ledgerFolder({ kind: "folder", name: "log", path: join(base, "log") }, machine);
});

const onWarning = () => {};
const record = () => checkLedger(async () => ledger, machine, onWarning).record(checkResult([]));

describe("a ledger that another process is writing", () => {
  it("is waited for during a minute, and then it is said that it is locked", async () => {
    for (const work of [record, () => withLedger(ledger, machine, onWarning, async () => undefined)]) {
      pauses = 0;
      await withLedger(ledger, thisLedgerMachine(), onWarning, async () => {
        await expect(work()).rejects.toMatchObject({ code: "ledger_locked" });
      });
      expect(pauses).toBe(600);
    }
  });

  it("gets what was found as soon as it is free", async () => {
    let recorded: Promise<unknown> | undefined;
    await withLedger(ledger, thisLedgerMachine(), onWarning, async () => {
      const paused = new Promise<void>((resolve) => {
        machine = { ...machine, sleep: async () => (pauses++ === 3 ? resolve() : undefined) };
      });
      recorded = record();
      await paused;
    });
    await expect(recorded).resolves.toMatchObject({ first: 1, last: 1, size: 2 });
  });
});
