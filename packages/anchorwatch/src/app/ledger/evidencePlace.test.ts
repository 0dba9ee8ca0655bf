import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { thisLedgerMachine } from "../../cli/ledger/thisLedgerMachine.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import type { Evidence } from "../../ledger/writer/evidence.ts";
import { evidenceKeeper } from "./evidencePlace.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";

let base: string;
let place: LogPlace;
let machine: LedgerMachine;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "aw-evidence-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  mkdirSync(join(base, "log"));
  place = { kind: "folder", name: "log", path: join(base, "log") };
  machine = { ...thisLedgerMachine(), stateFolder: join(base, "state", "anchorwatch") };
});

const EVIDENCE: Evidence = {
  reason: "forked",
  own: "own\n",
  anchor: "vault",
  anchored: "theirs\n",
  said: "they differ",
  found: new Date(0),
};
const kept = async (given?: string, of = place) => (await evidenceKeeper(of, given, machine))(EVIDENCE);

describe("the place of evidence", () => {
  it("is the private folder of a log of one's own", async () => {
    mkdirSync(join(base, "log.private"));
    expect(await kept()).toMatch(`${base}/log.private/evidence/forked-`);
  });

  it("is the user's own folder for logs of others, in folders and elsewhere", async () => {
    const mine = `${base}/state/anchorwatch/evidence/forked-`;
    expect(await kept()).toMatch(mine);
    symlinkSync(join(base, "elsewhere"), join(base, "log.private"));
    expect(await kept()).toMatch(mine);
    const url = "https://example.com/";
    expect(await kept(undefined, { kind: "http", name: url, url })).toMatch(mine);
  });

  it.skipIf(process.getuid?.() !== 0)("is never the private folder of another user", async () => {
    mkdirSync(join(base, "log.private"));
    chownSync(join(base, "log.private"), 65_534, 65_534);
    expect(await kept()).toMatch(`${base}/state/`);
  });

  it("is where it was asked for", async () => {
    mkdirSync(join(base, "log.private"));
    expect(await kept(join(base, "a", "b"))).toMatch(`${base}/a/b/forked-`);
  });

  it("is never in the log, also not by a link", async () => {
    symlinkSync(join(base, "log"), join(base, "link"));
    for (const given of ["log", "log/evidence", "log/a/../b", "link/evidence"]) {
      await expect(kept(join(base, given))).rejects.toMatchObject({ code: "ledger_evidence_served" });
    }
    expect(await kept(join(base, "log-evidence"))).toMatch(`${base}/log-evidence/`);
    machine = { ...machine, stateFolder: join(base, "log", "home") };
    await expect(kept()).rejects.toMatchObject({ hint: expect.stringContaining("--evidence") });
  });
});
