import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { formatVerifierKey } from "tlog";
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { logOf, type MemoryLog } from "../../ledger/read/log.fixture.ts";
import { runProgram } from "../program.ts";
import { memoryStream, stillSurroundings } from "../testSurroundings.fixture.ts";

let log: MemoryLog;
let base: string;

beforeAll(async () => {
  log = await logOf(600);
});

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "aw-cli-fsck-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  for (const [path, bytes] of log.files) put(path, bytes);
});

function put(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(base, "log", path)), { recursive: true });
  writeFileSync(join(base, "log", path), bytes);
}

async function fsck(...args: readonly string[]) {
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const surroundings = { ...stillSurroundings(), stdout, stderr, workingDirectory: base };
  const status = await runProgram(["ledger", "fsck", "log", ...args], surroundings);
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

const byKey = () => fsck("--key", formatVerifierKey(log.key));

describe("ledger fsck", () => {
  it("says 0 of a log that is whole, and 3 where no key is known", async () => {
    const whole = { stderr: "", stdout: expect.stringContaining("log: 600 entries in 8 files, whole") };
    expect(await byKey()).toMatchObject({ ...whole, status: 0 });
    const unknown = { stdout: expect.stringContaining("whole, but signed by no key that is known") };
    expect(await fsck()).toMatchObject({ ...unknown, status: 3 });
  });

  it("says how much can be read and proven", async () => {
    const last = async (checked = byKey()) => {
      const { status, stdout } = await checked;
      expect(status).toBe(1);
      return stdout.trim().split("\n").at(-1);
    };
    put("tile/0/000.p/3", "short");
    expect(await last()).toBe("All 600 entries can be read and proven; nothing was changed here.");
    put("tile/entries/001", "short");
    expect(await last()).toMatch(/^Everything before entry 256 can be read and proven; /);
    expect(await last(fsck())).toMatch(
      /^Everything before entry 256 can be read, and proven once the checkpoint is signed by a key that is known; /,
    );
    put("tile/entries/000", "short");
    expect(await last()).toMatch(/^No entry can be read and proven; /);
  });

  it("does not call proven what nobody signed", async () => {
    const line = log.note.lastIndexOf(" ") + 20;
    const wrong = log.note[line] === "A" ? "B" : "A";
    put("checkpoint", `${log.note.slice(0, line)}${wrong}${log.note.slice(line + 1)}`);
    const changed = await byKey();
    expect(changed.status).toBe(1);
    expect(changed.stdout).toContain("All 600 entries can be read, and proven once the checkpoint is signed");
    rmSync(join(base, "log/checkpoint"));
    const without = await byKey();
    expect(without.status).toBe(1);
    expect(without.stdout).toContain("damage  checkpoint: it is missing\n");
    expect(without.stdout).not.toContain("remove the file");
    expect(without.stdout).toContain(
      "All 600 entries can be read, and proven once there is a signed checkpoint",
    );
  });
});
