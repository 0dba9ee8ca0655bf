import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
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

  it("goes on without a signature that is false, and tells it", async () => {
    const log = await logOf(300);
    const line = log.note.lastIndexOf(" ") + 20;
    const note = `${log.note.slice(0, line)}${log.note[line] === "A" ? "B" : "A"}${log.note.slice(line + 1)}`;
    log.files.set("checkpoint", new TextEncoder().encode(note));
    flip(log, BUNDLE, 9);
    expect(damaged(await check(folderOf(log), log))).toEqual(["checkpoint", BUNDLE]);
  });

  it("says what to do without a checkpoint", async () => {
    const log = await logOf(300);
    log.files.delete("checkpoint");
    const health = await check(folderOf(log), log);
    expect(damaged(health)).toEqual(["checkpoint"]);
    expect(health.findings[0]?.advice).toContain("anchor");
  });

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

  it("finds content that is missing or changed, keys that are served, and strangers", async () => {
    const digest = `sha256:${createHash("sha256").update("the plan").digest("hex")}`;
    const content = [{ digest, bytes: 8, mediaType: "text/plain", role: "plan" }];
    const log = await logOf(3, (at) => encodeEntry({ ...entryInput(at), ...(at === 1 ? { content } : {}) }));
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

  it("goes on behind a file that cannot be read or is gone again, and tells the first", async () => {
    const folder = folderOf(await logOf(3));
    const tooLong = "x".repeat(300);
    const content = contentPath(`sha256:${"ab".repeat(32)}`);
    put(folder, "README", "hello");
    const paths = async function* () {
      yield* [tooLong, content, "gone", "README"];
    };
    const { findings, content: there } = await lookAtOtherFiles(
      folder,
      paths(),
      new AbortController().signal,
    );
    expect(findings.map(({ path, severity }) => [path, severity])).toEqual([
      [tooLong, "note"],
      ["README", "note"],
    ]);
    expect(findings[0]?.message).toContain("cannot be read");
    expect(there.size).toBe(0);
  });
});
