import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { formatVerifierKey } from "tlog";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeEntry } from "../../ledger/entry/entry.ts";
import { entryInput, logOf, type MemoryLog } from "../../ledger/read/log.fixture.ts";
import { runProgram } from "../program.ts";
import { manualSignals, memoryStream, type Ran, stillSurroundings } from "../testSurroundings.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "aw-cli-ledger-"));
let log: MemoryLog;
let key: string;

beforeAll(async () => {
  log = await logOf(700);
  key = formatVerifierKey(log.key);
  for (const [path, bytes] of log.files) {
    mkdirSync(dirname(join(folder, "log", path)), { recursive: true });
    writeFileSync(join(folder, "log", path), bytes);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Options {
  readonly terminal?: boolean;
  readonly more?: Partial<Parameters<typeof runProgram>[1]>;
}

async function ledger(
  args: readonly string[],
  { terminal = false, more = {} }: Options = {},
): Promise<Omit<Ran, "requests">> {
  const shape = terminal ? { isTTY: true, columns: 100 } : {};
  const [stdout, stderr] = [memoryStream(shape), memoryStream(shape)];
  const surroundings = { ...stillSurroundings(), stdout, stderr, workingDirectory: folder, ...more };
  const status = await runProgram(["ledger", ...args], surroundings);
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

describe("anchorwatch ledger", () => {
  it.each(["verify", "prove", "verify-proof", "export", "fsck", "tail", "show", "key", "rotate", "renew"])(
    "%s has help with examples",
    async (name) => {
      const { status, stdout } = await ledger([name, "--help"]);
      expect(status).toBe(0);
      expect(stdout).toContain(`Examples:\n  anchorwatch ledger ${name}`);
    },
  );

  it.each([
    [["export", "log", "--from", "yesterday"], "Expected an index such as 1200, or a time"],
    [["export", "log", "--from", "2026-02-31"], "Expected an index"],
    [["export", "log", "--format", "xml"], "Allowed choices are jsonl, ocsf, csv"],
    [["tail", "log", "-n", "-3"], "Expected a whole number"],
    [["verify", "log", "--key", ""], "Expected some text"],
    [["verify-proof"], "missing required argument"],
    [["burn", "log"], "unknown command"],
  ])("refuses %j with what it expects", async (args, words) => {
    const { status, stdout, stderr } = await ledger(args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(words);
  });

  it.each([
    ["5", "2"],
    ["2026-02-01", "2026-01-31"],
  ])("refuses to export from %s to %s, between which nothing is", async (from, to) => {
    const { status, stdout, stderr } = await ledger(["export", "log", "--from", from, "--to", to]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("(ledger_range_invalid)");
    expect((await ledger(["export", "log", "--from", from, "--to", from])).status).toBe(0);
  });

  it("refuses to print the keys of a log that names none", async () => {
    const { files } = await logOf(3);
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(folder, "foreign", path)), { recursive: true });
      writeFileSync(join(folder, "foreign", path), bytes);
    }
    const { status, stdout, stderr } = await ledger(["key", "foreign"]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("(ledger_key_missing)");
  });

  it("exports nothing that a terminal would act on, and the same entries", async () => {
    const name = "Ada\u001b[2J\u009b31m\u202e";
    const strange = { ...entryInput(0), actor: { type: "user", id: "u-1", name }, address: name } as const;
    const { files } = await logOf(1, () => encodeEntry(strange));
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(folder, "strange", path)), { recursive: true });
      writeFileSync(join(folder, "strange", path), bytes);
    }
    for (const format of ["jsonl", "ocsf", "csv"]) {
      const { stdout } = await ledger(["export", "strange", "--format", format]);
      expect(stdout).toContain("Ada");
      expect(stdout, format).not.toMatch(/[^\P{Cc}\r\n]|\p{Cf}/u);
    }
    const [, line = ""] = (await ledger(["export", "strange"])).stdout.split("\n");
    expect(JSON.parse(line)).toMatchObject({ entry: { actor: { name }, address: name } });
  });

  it("takes times with and without a zone, and indexes", async () => {
    const count = async (...args: readonly string[]) => {
      const { stdout } = await ledger(["export", "log", "--key", key, ...args]);
      return stdout.trim().split("\n").length - 1;
    };
    expect(await count("--from", "2026-11-21T13:00:10Z", "--to", "2026-11-21T14:00:12+01:00")).toBe(2);
    expect(await count("--from", "690")).toBe(10);
    expect(await count("--to", "2026-11-21")).toBe(0);
  });

  it("shows how far it is on a terminal, and clears the line", async () => {
    const stderr = memoryStream({ isTTY: true, columns: 100 });
    // The last bundle comes when the line was drawn, so that there is something to see.
    const fetch = async (input: string | URL | Request) => {
      const path = new URL(String(input)).pathname.slice(1);
      while (path.startsWith("tile/entries/002") && !stderr.text().includes("entries:")) await setImmediate();
      const bytes = log.files.get(path);
      return new Response(bytes === undefined ? null : new Uint8Array(bytes), {
        status: bytes === undefined ? 404 : 200,
      });
    };
    const every = (_milliseconds: number, call: () => void) => {
      const timer = setInterval(call, 1);
      return () => clearInterval(timer);
    };
    const ledgerMachine = { ...stillSurroundings().ledgerMachine, fetch };
    const more = { stderr, every, ledgerMachine };
    const { status } = await ledger(["verify", "https://example.com/", "--key", key], { more });
    expect(status).toBe(0);
    expect(stderr.text()).toMatch(/^\rverifying entries: (256|512) of 700/);
    expect(stderr.text().endsWith("\r\u001b[K")).toBe(true);
  });

  it("colours its verdict on a terminal only", async () => {
    const coloured = await ledger(["verify", "log", "--key", key], { terminal: true });
    expect(coloured.stdout).toContain("\u001b[32mauthenticated and whole");
    for (const args of [["--no-color"], []]) {
      const plain = await ledger(["verify", "log", "--key", key, ...args], { terminal: args.length > 0 });
      expect(plain.stdout).not.toContain("\u001b");
    }
  });

  it("ends with 130 when it is interrupted", async () => {
    const signals = manualSignals();
    const machine = stillSurroundings().ledgerMachine;
    const sleep = async () => signals.send("SIGINT");
    const more = { onInterrupt: signals.onInterrupt, ledgerMachine: { ...machine, sleep } };
    const { status, stdout, stderr } = await ledger(["tail", "-f", "-n", "2", "log"], { more });
    expect({ status, stderr }).toEqual({ status: 130, stderr: "" });
    expect(stdout.split("\n")).toHaveLength(3);
  });
});
