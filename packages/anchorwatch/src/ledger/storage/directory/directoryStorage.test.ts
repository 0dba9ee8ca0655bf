import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { TILE_WIDTH, tilePath } from "tlog";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LogStorage } from "../storage.ts";
import { directoryStorage } from "./directoryStorage.ts";
import { machineFiles } from "./fileLayer.ts";
import { MemoryDisk, problem } from "./memoryDisk.fixture.ts";

let base: string;
let folder: string;
let storage: LogStorage;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "anchorwatch-storage-"));
  folder = join(base, "log");
  storage = directoryStorage(folder);
});
afterEach(() => rm(base, { recursive: true }));

it("reads nothing where nothing is, and creates nothing by reading", async () => {
  expect(await storage.read("checkpoint")).toBeUndefined();
  expect(await pathsUnder(storage, "")).toEqual([]);
  await expect(readFile(folder)).rejects.toMatchObject({ code: "ENOENT" });
});

it.each([
  "../secret",
  "tile/../../secret",
  ".tree",
  ".lock",
  "/etc/passwd",
  "tile/0/1",
  "content/sha256/ab/..",
])("refuses to read %s", async (path) => {
  await expect(storage.read(path)).rejects.toMatchObject({ code: "ledger_path_invalid" });
});

it("lists what begins with a prefix", async () => {
  const lease = await storage.lock();
  const paths = ["tile/0/000.p/1", "tile/0/000.p/12", "tile/entries/000.p/1"];
  await lease.writeTiles(paths.map((path) => ({ path, bytes: Buffer.of(1) })));
  await lease.writeCheckpoint("note\n");
  await lease.release();
  expect(await pathsUnder(storage, "tile/0/")).toEqual(paths.slice(0, 2));
  expect(await pathsUnder(storage, "tile/0/000.p/12")).toEqual(["tile/0/000.p/12"]);
  expect(await pathsUnder(storage, "ch")).toEqual(["checkpoint"]);
});

it("gives back the tree that was committed, and refuses a tree file that says nothing", async () => {
  const lease = await storage.lock();
  expect(await lease.readTree()).toBeUndefined();
  const tree = { size: 7, root: Buffer.alloc(32, 7).toString("base64") };
  await lease.commitTree(tree);
  expect(await lease.readTree()).toEqual(tree);
  await writeFile(join(folder, ".tree"), "{}");
  await expect(lease.readTree()).rejects.toMatchObject({
    code: "ledger_corrupt",
    location: { file: join(folder, ".tree") },
  });
  await lease.release();
});

it("notices a second writer on a volume that keeps no locks, before anything is committed", async () => {
  const unlocked = directoryStorage(folder, { takeLock: async () => async () => {} });
  const root = Buffer.alloc(32).toString("base64");
  const [one, other] = [await unlocked.lock(), await unlocked.lock()];
  await one.readTree();
  await other.readTree();
  await one.commitTree({ size: 1, root });
  await expect(other.commitTree({ size: 2, root })).rejects.toMatchObject({ code: "ledger_fenced" });
  expect(await one.readTree()).toEqual({ size: 1, root });
});

it("is taken again at once after its holder was killed", async () => {
  const child = await holdInAnotherProcess(folder);
  await expect(storage.lock()).rejects.toMatchObject({
    code: "ledger_locked",
    message: expect.stringContaining(`process ${child.pid}`),
  });
  child.kill("SIGKILL");
  await once(child, "exit");
  await (await storage.lock()).release();
});

it("says what is wrong with a lock file that is none", async () => {
  await (await storage.lock()).release();
  await writeFile(
    join(folder, ".lock"),
    "something else, and longer than the header of a database".repeat(20),
  );
  await expect(storage.lock()).rejects.toMatchObject({ code: "ledger_lock_failed" });
});

it("does not keep the lock when it cannot say who has it", async () => {
  const create = () => Promise.reject(problem("ENOSPC", folder));
  const full = directoryStorage(folder, { files: { ...machineFiles, create } });
  await expect(full.lock()).rejects.toMatchObject({ code: "ledger_disk_full" });
  await (await storage.lock()).release();
});

it("gives the lock back although its disk takes no changes any more", async () => {
  const removeFile = () => Promise.reject(problem("EROFS", folder));
  const lease = await directoryStorage(folder, { files: { ...machineFiles, removeFile } }).lock();
  await lease.release();
  await (await storage.lock()).release();
});

it("removes what a crash left beyond the tree, and nothing that the tree covers", async () => {
  const lease = await storage.lock();
  const covered = [
    "tile/0/000",
    "tile/0/001.p/4",
    "tile/1/000.p/1",
    "tile/entries/000",
    "tile/entries/001.p/2",
  ];
  const beyond = ["tile/0/001", "tile/0/002.p/9", "tile/1/000.p/2", "tile/entries/001.p/5"];
  const overtaken = ["tile/0/000.p/9"];
  const files = [...covered, ...beyond, ...overtaken].map((path) => ({ path, bytes: Buffer.of(1) }));
  await lease.writeTiles(files);
  await lease.discardBeyond(260);
  await lease.release();
  expect(await pathsUnder(storage, "tile/")).toEqual(covered.toSorted());
});

it("finds leftovers where the numbers of tiles get another group of digits", async () => {
  const lease = await storage.lock();
  const files = ["tile/0/999", "tile/0/x001/000", "tile/0/x001/001.p/3"];
  await lease.writeTiles(files.map((path) => ({ path, bytes: Buffer.of(1) })));
  await lease.discardBeyond(1000 * 256);
  await lease.release();
  expect(await pathsUnder(storage, "tile/0/")).toEqual(["tile/0/999"]);
});

it("removes nothing when the partial tiles beyond the tree are of several batches: no crash leaves those", async () => {
  const lease = await storage.lock();
  const files = ["tile/entries/000.p/2", "tile/entries/000.p/3", "tile/entries/000.p/4"];
  await lease.writeTiles(files.map((path) => ({ path, bytes: Buffer.of(1) })));
  await expect(lease.discardBeyond(2)).rejects.toMatchObject({ code: "ledger_rolled_back" });
  await lease.release();
  expect(await pathsUnder(storage, "tile/")).toEqual(files);
});

it("removes nothing when there are more full tiles than a batch makes, wherever their numbers get another digit", async () => {
  const lease = await storage.lock();
  for (const edge of [935, 600]) {
    const beyond = Array.from({ length: 66 }, (_, at) => edge + at);
    const path = (index: number) => tilePath({ level: "entries", index, width: TILE_WIDTH });
    const files = beyond.map((index) => ({ path: path(index), bytes: Buffer.of(1) }));
    await lease.writeTiles(files);
    await expect(lease.discardBeyond(edge * TILE_WIDTH)).rejects.toMatchObject({
      code: "ledger_rolled_back",
    });
    expect(await pathsUnder(storage, "tile/")).toHaveLength(66);
    for (const file of files) await rm(join(folder, file.path));
  }
  await lease.release();
});

it("makes names of new folders durable, each in its parent", async () => {
  const disk = new MemoryDisk();
  await disk.makeFolder("/disk");
  await disk.syncFolder("/");
  const unlocked = directoryStorage("/disk/log", { files: disk, takeLock: async () => async () => {} });
  const lease = await unlocked.lock();
  await lease.writeTiles([{ path: "tile/0/x001/x234/067", bytes: Buffer.of(5) }]);
  await lease.writeContent(`sha256:${"ab".repeat(32)}`, Buffer.of(6));
  disk.cutPower(() => false);
  expect(await unlocked.read("tile/0/x001/x234/067")).toEqual(new Uint8Array([5]));
  expect(await unlocked.read(`content/sha256/ab/${"ab".repeat(32)}`)).toEqual(new Uint8Array([6]));
});

it("says that the disk is full", async () => {
  const disk = new MemoryDisk();
  await disk.makeFolder("/disk");
  const full = directoryStorage("/disk/log", { files: disk, takeLock: async () => async () => {} });
  const lease = await full.lock();
  disk.capacity = 10;
  await expect(lease.writeTiles([{ path: "tile/0/000", bytes: new Uint8Array(8192) }])).rejects.toMatchObject(
    {
      code: "ledger_disk_full",
      message: expect.stringContaining("/disk/log"),
    },
  );
});

async function pathsUnder(read: LogStorage, prefix: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const path of read.list(prefix)) paths.push(path);
  return paths.sort();
}

/** A process that has the log and does nothing. */
async function holdInAnotherProcess(log: string) {
  const module = new URL("./directoryStorage.ts", import.meta.url).href;
  const program = `
    const { directoryStorage } = await import(${JSON.stringify(module)});
    await directoryStorage(${JSON.stringify(log)}).lock();
    console.log("taken");
    setInterval(() => {}, 1000);`;
  const stdio: ["ignore", "pipe", "inherit"] = ["ignore", "pipe", "inherit"];
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio });
  await once(child.stdout, "data");
  return child;
}
