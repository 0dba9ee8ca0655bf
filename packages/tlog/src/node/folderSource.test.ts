import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { LogClient } from "../client.ts";
import { collect } from "../collect.fixture.ts";
import { refused } from "../errors.fixture.ts";
import { parseVerifierKey } from "../key.ts";
import { MemoryLog } from "../memoryLog.fixture.ts";
import { hasPublished, readPublished } from "../published.fixture.ts";
import { verifyLog } from "../verifyLog.ts";
import { folderSource } from "./folderSource.ts";

const work = mkdtempSync(join(tmpdir(), "tlog-folder-"));
afterAll(() => rmSync(work, { recursive: true }));
let made = 0;

async function folderOf(log: MemoryLog): Promise<string> {
  const folder = join(work, String(made++), "log");
  for (const [path, bytes] of log.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

describe("a log in a folder", () => {
  test("is verified with every file in it", async () => {
    const log = await MemoryLog.publish([17, 300, 600]);
    const folder = await folderOf(log);
    writeFileSync(join(folder, "tile/0/.000.tmp"), "left by a crash");
    const verified = await verifyLog(folderSource(folder), { keys: [log.signer.key] });
    expect(verified.checkpoint.size).toBe(600);
    expect(verified.others).toMatchObject({
      listed: true,
      replaced: 5,
      strangers: { count: 1, paths: ["tile/0/.000.tmp"] },
    });
  });

  test("that is somewhere else by a link of its own is read there", async () => {
    const log = await MemoryLog.publish([5]);
    const folder = await folderOf(log);
    const link = join(work, "link");
    symlinkSync(folder, link);
    expect((await verifyLog(folderSource(link))).files).toBe(2);
  });

  test("has no file where there is none, or where a file stands in the way", async () => {
    const folder = await folderOf(await MemoryLog.publish([5]));
    expect(await folderSource(folder).read("tile/0/007")).toBeUndefined();
    expect(await folderSource(folder).read("checkpoint/x")).toBeUndefined();
    expect(await folderSource(join(folder, "nowhere")).read("checkpoint")).toBeUndefined();
    const paths = await collect(folderSource(join(folder, "nowhere")).list("tile/"));
    expect(paths).toEqual([]);
  });

  test("lists what begins with a prefix", async () => {
    const log = await MemoryLog.publish([5]);
    const source = folderSource(await folderOf(log));
    expect((await collect(source.list(""))).sort()).toEqual([...log.files.keys()].sort());
    expect(await collect(source.list("tile/ent"))).toEqual(["tile/entries/000.p/5"]);
    await refused("source_path_refused", () => collect(source.list("../")));
  });
});

describe("nothing outside the folder is read", () => {
  test("by a path", async () => {
    const folder = await folderOf(await MemoryLog.publish([5]));
    writeFileSync(join(folder, "../secret"), "secret");
    for (const path of ["../secret", "tile/../../secret", "/etc/passwd", "./checkpoint", "tile//0"]) {
      await refused("source_path_refused", () => folderSource(folder).read(path));
    }
  });

  test("by a link to a file or through a link to a folder", async () => {
    const folder = await folderOf(await MemoryLog.publish([5]));
    const outside = `${folder}-outside`;
    mkdirSync(join(outside, "entries"), { recursive: true });
    writeFileSync(join(outside, "entries/000"), "secret");
    symlinkSync(join(outside, "entries/000"), join(folder, "tile/0/000"));
    symlinkSync(outside, join(folder, "more"));
    const source = folderSource(folder);
    const error = await refused("source_path_refused", () => source.read("tile/0/000"));
    expect(error.message).toBe(`tile/0/000 of ${folder} is a link that leads out of the folder`);
    await refused("source_path_refused", () => source.read("more/entries/000"));
    await refused("source_path_refused", () => collect(source.list("more/")));
    await refused("source_path_refused", () => verifyLog(source));
  });

  test("but a link inside the folder is followed", async () => {
    const folder = await folderOf(await MemoryLog.publish([5]));
    symlinkSync("checkpoint", join(folder, "latest"));
    const source = folderSource(folder);
    expect(await source.read("latest")).toEqual(await source.read("checkpoint"));
  });
});

describe("what is no plain file", () => {
  test("is an error, and a pipe does not keep the reader waiting", async () => {
    const folder = await folderOf(await MemoryLog.publish([5]));
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(folder, "pipe")]);
    for (const path of ["pipe", "tile"]) {
      const error = await refused("source_failed", () => folderSource(folder).read(path));
      expect(error.message).toBe(`${path} of ${folder} cannot be read: it is no file`);
    }
  });

  test("or larger than asked for is not read", async () => {
    const folder = await folderOf(await MemoryLog.publish([5]));
    const error = await refused("source_too_large", () =>
      folderSource(folder).read("checkpoint", { maxBytes: 20 }),
    );
    expect(error.location).toEqual({ path: "checkpoint", byte: 20 });
  });
});

describe.skipIf(!hasPublished)("the published log of other people", () => {
  const folder = join(import.meta.dirname, "../../../../../shared/vectors/tlog/published-log");
  const VKEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

  test("is verified out of its folder, with all partial tiles, from each of its checkpoints on", async () => {
    const keys = [await parseVerifierKey(VKEY)];
    const since = Array.from({ length: 16 }, (_, size) => readPublished(`published-log/checkpoint.${size}`));
    const verified = await verifyLog(folderSource(folder), { keys, since });
    expect(verified).toMatchObject({ authenticated: true, checkpoint: { size: 15 }, files: 2 });
    expect(verified.others).toMatchObject({ replaced: 28, ahead: { count: 0 }, strangers: { count: 0 } });
    for (const [size, checkpoint] of since.entries()) {
      const smaller = await verifyLog(folderSource(folder), { keys, checkpoint });
      expect(smaller.others.ahead.count).toBe(2 * (15 - size));
    }
  });

  test("is read by the client, entry by entry", async () => {
    const client = new LogClient(folderSource(folder), { keys: [await parseVerifierKey(VKEY)] });
    const entries = await collect(client.entries());
    expect(entries.map(({ entry }) => new TextDecoder().decode(entry)).join(" ")).toBe(
      "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten",
    );
    for (let older = 0; older <= 15; older++) {
      const { newer } = await client.consistency(readPublished(`published-log/checkpoint.${older}`));
      expect(newer.checkpoint.size).toBe(15);
    }
  });
});
