import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { tilePath } from "tlog";
import { describe, expect, it, onTestFinished } from "vitest";
import { asOrdinaryUser } from "../../../../../../test/support/ordinaryUser.ts";
import { encodeEntry } from "../../entry/entry.ts";
import { contentPath } from "../../storage/servedFile.ts";
import { formatTreeState } from "../../storage/treeState.ts";
import { entryInput, logOf, type MemoryLog } from "../log.fixture.ts";
import { checkFolder } from "./checkFolder.ts";
import type { LedgerHealth } from "./finding.ts";
import { lookAtOtherFiles } from "./otherFiles.ts";

const BUNDLE = "tile/entries/001.p/44";

function folderOf(log: MemoryLog): string {
  const folder = mkdtempSync(join(tmpdir(), "aw-fsck-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, bytes] of log.files) put(folder, path, bytes);
  return folder;
}

function put(folder: string, path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

function check(path: string, log: MemoryLog, isWritten = false): Promise<LedgerHealth> {
  const folder = { name: "the log", path, keys: [log.key], isWritten };
  return checkFolder(folder, { progress: () => {}, signal: new AbortController().signal });
}

function flip(log: MemoryLog, path: string, at: number): void {
  const bytes = log.files.get(path) as Uint8Array;
  bytes[at] = (bytes[at] as number) ^ 1;
}

const PLAN = {
  digest: `sha256:${createHash("sha256").update("the plan").digest("hex")}`,
  bytes: 8,
  mediaType: "text/plain",
  role: "plan",
};

/** Entries of which one speaks of the plan. */
const withPlan = (index: number) => (at: number) =>
  encodeEntry({ ...entryInput(at), ...(at === index ? { content: [PLAN] } : {}) });

const damaged = ({ findings }: LedgerHealth) =>
  findings.filter(({ severity }) => severity === "damage").map(({ path }) => path);

describe("checkFolder", () => {
  it("finds nothing in a log that is whole", async () => {
    const log = await logOf(300);
    const health = await check(folderOf(log), log);
    expect(health).toMatchObject({ size: 300, findings: [], readable: 300, files: log.files.size });
    expect(health.signedBy).toEqual([log.key]);
  });

  it("tells every damaged file, and how far everything is right", async () => {
    const log = await logOf(70_000, (at) => new TextEncoder().encode(`entry ${at}`));
    for (const [path, at] of [
      ["tile/entries/100", 700],
      ["tile/entries/200", 3],
      ["tile/0/120", 5],
    ] as const) {
      flip(log, path, at);
    }
    const health = await check(folderOf(log), log);
    expect(damaged(health).sort()).toEqual(["tile/0/120", "tile/entries/100", "tile/entries/200"]);
    expect(health.readable).toBeGreaterThan(100 * 256);
    expect(health.readable).toBeLessThan(101 * 256);
    expect(health.findings.map(({ advice }) => advice).join()).toContain("its entries are nowhere else");
  });

  it.each<[string, (folder: string, path: string) => void, RegExp]>([
    ["damaged", (folder, path) => put(folder, path, Buffer.alloc(8192)), /^it is damaged: /],
    ["missing", (folder, path) => rmSync(join(folder, path)), /^it is missing; /],
  ])("says what all a tile of hashes that is %s hides", async (_what, damage, words) => {
    const log = await logOf(66_000, (at) => new TextEncoder().encode(`entry ${at}`));
    const folder = folderOf(log);
    damage(folder, "tile/1/000");
    const { findings, readable } = await check(folder, log);
    expect(readable).toBe(0);
    expect(findings).toMatchObject([{ path: "tile/1/000", message: expect.stringMatching(words) }]);
    expect(findings[0]?.message).toContain("; entries 0 to 65535 cannot be proven without it");
  });

  it("counts those of very many left-over files that it does not name", async () => {
    const log = await logOf(300);
    flip(log, "tile/entries/000", 300);
    const folder = folderOf(log);
    for (let at = 0; at < 1005; at++) put(folder, tilePath({ level: 0, index: 10 + at, width: 1 }), "");
    const { findings } = await check(folder, log);
    expect(findings).toHaveLength(1 + 1000 + 1);
    expect(findings.at(-1)).toMatchObject({ path: "tile", message: "5 more files belong to a larger tree" });
  });

  it("tells a left-over partial tile that is damaged, although no reader needs it", async () => {
    const log = await logOf(300);
    const leftover = Buffer.from((log.files.get("tile/0/001.p/44") as Uint8Array).subarray(0, 32 * 40));
    const folder = folderOf(log);
    put(folder, "tile/0/001.p/40", leftover);
    expect(damaged(await check(folder, log))).toEqual([]);
    leftover[700] = (leftover[700] as number) ^ 1;
    put(folder, "tile/0/001.p/40", leftover);
    const health = await check(folder, log);
    expect(damaged(health)).toEqual(["tile/0/001.p/40"]);
    expect(health.readable).toBe(300);
  });

  it("tells every left-over partial tile that is damaged, also beside a damaged tree", async () => {
    const log = await logOf(600);
    const folder = folderOf(log);
    const beginning = (path: string, width: number) =>
      Buffer.from((log.files.get(path) as Uint8Array).subarray(0, 32 * width));
    for (const width of [9, 10, 11]) {
      const bytes = beginning("tile/0/001", width);
      if (width !== 10) bytes[40] = (bytes[40] as number) ^ 1;
      put(folder, `tile/0/001.p/${width}`, bytes);
    }
    put(folder, "tile/0/000.p/3", "short");
    put(folder, "tile/entries/004.p/1", "of a larger tree");
    const wrong = ["tile/0/000.p/3", "tile/0/001.p/11", "tile/0/001.p/9"];
    const whole = await check(folder, log);
    expect(damaged(whole).sort()).toEqual(wrong);
    expect(whole.readable).toBe(600);
    flip(log, "tile/entries/000", 300);
    put(folder, "tile/entries/000", log.files.get("tile/entries/000") as Uint8Array);
    const health = await check(folder, log);
    expect(damaged(health).sort()).toEqual([...wrong, "tile/entries/000"]);
    expect(health.findings.map(({ path }) => path)).toContain("tile/entries/004.p/1");
  });

  it("tells once that the checkpoint is of another tree than the tiles", async () => {
    const log = await logOf(300);
    const other = await logOf(300, (at) => new TextEncoder().encode(`other ${at}`));
    log.files.set("checkpoint", other.files.get("checkpoint") as Uint8Array);
    const health = await check(folderOf(log), log);
    expect(damaged(health)).toEqual(["checkpoint"]);
    expect(health).toMatchObject({ readable: 0, sizeBy: "checkpoint" });
  });

  it("goes on without a signature that is false, and tells it", async () => {
    const log = await logOf(300);
    const line = log.note.lastIndexOf(" ") + 20;
    const note = `${log.note.slice(0, line)}${log.note[line] === "A" ? "B" : "A"}${log.note.slice(line + 1)}`;
    log.files.set("checkpoint", new TextEncoder().encode(note));
    flip(log, BUNDLE, 9);
    expect(damaged(await check(folderOf(log), log))).toEqual(["checkpoint", BUNDLE]);
  });

  it.each<[string, (folder: string) => void]>([
    ["missing", (folder) => rmSync(join(folder, "checkpoint"))],
    ["no checkpoint", (folder) => put(folder, "checkpoint", "shopping list\n")],
    ["cut off", (folder) => put(folder, "checkpoint", "example.com/log\n3")],
    [
      "a folder",
      (folder) => {
        rmSync(join(folder, "checkpoint"));
        mkdirSync(join(folder, "checkpoint"));
      },
    ],
  ])("goes on by .tree when the checkpoint is %s, and tells everything else", async (_what, damage) => {
    const log = await logOf(600);
    flip(log, "tile/entries/001", 700);
    const folder = folderOf(log);
    put(folder, ".tree", formatTreeState({ size: 600, root: log.note.split("\n")[2] ?? "" }));
    put(folder, "README", "hello");
    damage(folder);
    const health = await check(folder, log, true);
    expect(damaged(health)).toEqual(["checkpoint", "tile/entries/001"]);
    expect(health).toMatchObject({ size: 600, sizeBy: ".tree", signedBy: [] });
    expect(health.readable).toBeGreaterThan(256);
    expect(health.readable).toBeLessThan(512);
    expect(health.findings.map(({ path }) => path)).toContain("README");
    expect(health.findings[0]?.advice).toMatch(/anchor|right to read/);
  });

  it("goes on by the tiles where there is no .tree either", async () => {
    const log = await logOf(70_000, (at) => new TextEncoder().encode(`entry ${at}`));
    log.files.delete("checkpoint");
    flip(log, "tile/entries/200", 3);
    const health = await check(folderOf(log), log);
    expect(damaged(health)).toEqual(["checkpoint", "tile/entries/200"]);
    expect(health).toMatchObject({ size: 70_000, sizeBy: "tiles", readable: 200 * 256 });
  });

  it("says so when .tree is of other entries, and there is no checkpoint", async () => {
    const log = await logOf(300);
    log.files.delete("checkpoint");
    const folder = folderOf(log);
    put(folder, ".tree", formatTreeState({ size: 300, root: `${"A".repeat(43)}=` }));
    const health = await check(folder, log, true);
    expect(damaged(health)).toEqual(["checkpoint", ".tree"]);
    expect(health.readable).toBe(300);
  });

  it("tells what is left when neither checkpoint nor .tree nor the last tiles are there", async () => {
    const log = await logOf(300);
    log.files.delete("checkpoint");
    log.files.delete("tile/0/001.p/44");
    const folder = folderOf(log);
    put(folder, ".tree", "nonsense");
    put(folder, "README", "hello");
    const health = await check(folder, log);
    expect(health).toMatchObject({ size: 0, sizeBy: "nothing", readable: 0 });
    expect(health.findings.map(({ path }) => path)).toEqual(["checkpoint", ".tree", "README"]);
  });

  it.skipIf(process.getuid?.() !== 0)("tells what this user may not read, and goes on", async () => {
    const log = await logOf(300);
    const folder = folderOf(log);
    put(folder, "lost+found/something", "");
    put(folder, "tile/lost/something", "");
    put(folder, "content/sha256/ab/x", "");
    put(folder, "secret", "hello");
    put(folder, ".tree", formatTreeState({ size: 300, root: log.note.split("\n")[2] ?? "" }));
    chmodSync(folder, 0o755);
    const closed = ["lost+found", "tile/lost", "content/sha256/ab"];
    for (const path of [...closed, "secret", ".tree"]) chmodSync(join(folder, path), 0o000);
    const health = await asOrdinaryUser(() => check(folder, log, true));
    expect(health).toMatchObject({ size: 300, readable: 300, sizeBy: "checkpoint" });
    expect(damaged(health)).toEqual([".tree"]);
    expect(health.findings.map(({ path, severity }) => [path, severity]).sort()).toEqual([
      [".tree", "damage"],
      ["content/sha256/ab/", "note"],
      ["lost+found/", "note"],
      ["secret", "note"],
      ["tile/lost/", "note"],
    ]);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "refuses a folder that this user may not look into at all",
    async () => {
      const log = await logOf(3);
      const folder = folderOf(log);
      chmodSync(folder, 0o711);
      const refused = { code: "ledger_unreachable" };
      await expect(asOrdinaryUser(() => check(folder, log))).rejects.toMatchObject(refused);
    },
  );

  it("refuses a folder that is no log", async () => {
    const log = await logOf(0);
    log.files.clear();
    await expect(check(folderOf(log), log)).rejects.toMatchObject({ code: "ledger_missing" });
  });

  it("compares the tree state with the checkpoint", async () => {
    const log = await logOf(300);
    const folder = folderOf(log);
    const root = `${"A".repeat(43)}=`;
    expect((await check(folder, log, true)).findings).toMatchObject([{ path: ".tree", severity: "note" }]);
    for (const [size, severity] of [
      [299, "note"],
      [301, "note"],
      [300, "damage"],
    ] as const) {
      put(folder, ".tree", formatTreeState({ size, root }));
      expect((await check(folder, log, true)).findings).toMatchObject([{ path: ".tree", severity }]);
    }
    put(folder, ".tree", "nonsense");
    expect(damaged(await check(folder, log))).toEqual([".tree"]);
  });

  it("finds nothing wrong with a log that grows while it is looked at", async () => {
    const [small, large] = [await logOf(300), await logOf(400, withPlan(350))];
    const folder = folderOf(small);
    const putTree = ({ entries, note }: MemoryLog) =>
      put(folder, ".tree", formatTreeState({ size: entries.length, root: note.split("\n")[2] ?? "" }));
    putTree(small);
    let asked = 0;
    const grow = () => {
      if (asked++ > 0) return;
      put(folder, contentPath(PLAN.digest), "the plan");
      for (const [path, bytes] of large.files) put(folder, path, bytes);
      putTree(large);
    };
    // Everybody asks it before the next file.
    const signal = Object.assign(new AbortController().signal, { throwIfAborted: grow });
    const log = { name: "the log", path: folder, keys: [small.key], isWritten: true };
    const health = await checkFolder(log, { progress: () => {}, signal });
    expect(asked).toBeGreaterThan(0);
    expect(health).toMatchObject({ size: 400, findings: [], readable: 400 });
  });

  it("finds content that is missing or changed, keys that are served, and strangers", async () => {
    const { digest } = PLAN;
    const log = await logOf(3, withPlan(1));
    const folder = folderOf(log);
    expect(damaged(await check(folder, log))).toEqual([contentPath(digest)]);
    put(folder, contentPath(digest), "the plan");
    expect(damaged(await check(folder, log))).toEqual([]);
    put(folder, contentPath(digest), "the plot");
    expect(damaged(await check(folder, log))).toContain(contentPath(digest));
    put(folder, contentPath(digest), "the plan");
    put(folder, "signing.key", "PRIVATE+KEY+x+01234567+AAAA\n");
    put(folder, "README", "hello");
    put(folder, "tile/what", "is this");
    const { findings } = await check(folder, log);
    expect(findings.map(({ path, severity }) => [path, severity]).sort()).toEqual([
      ["README", "note"],
      ["signing.key", "damage"],
      ["tile/what", "note"],
    ]);
  });

  it("tells links that lead nowhere or out of the folder, and pipes, and does not wait for them", async () => {
    const log = await logOf(3);
    const folder = folderOf(log);
    symlinkSync("nowhere", join(folder, "tile/0/000.p/2"));
    symlinkSync("/", join(folder, "everything"));
    symlinkSync("checkpoint", join(folder, "latest"));
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(folder, "tile/0/007")]);
    const { findings } = await check(folder, log);
    expect(findings.map(({ path, message }) => [path, message]).sort()).toEqual([
      ["everything", "no regular file"],
      ["latest", "no regular file"],
      ["tile/0/000.p/2", "no regular file"],
      ["tile/0/007", "it belongs to a larger tree than the checkpoint's"],
      ["tile/0/007", "no regular file"],
    ]);
  });

  it("goes on behind a name that is no text, and counts what it does not name", async () => {
    const folder = folderOf(await logOf(3));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad-`), Buffer.of(0xff)]), "hello");
    for (let at = 0; at < 1005; at++) put(folder, `more/${at}`, "");
    const { strangers, files } = await lookAtOtherFiles(folder, new AbortController().signal);
    expect(strangers).toHaveLength(1001);
    expect(strangers.at(-1)?.message).toContain("6 more");
    expect(files).toBe(1005 + 1 + 3);
    rmSync(join(folder, "more"), { recursive: true });
    const fewer = await lookAtOtherFiles(folder, new AbortController().signal);
    expect(fewer.strangers).toMatchObject([{ message: expect.stringContaining("cannot be read") }]);
  });
});
