import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MemoryDisk } from "../storage/directory/memoryDisk.fixture.ts";
import type { Anchor } from "./anchor.ts";
import { folderAnchor } from "./folderAnchor.ts";
import { checkpointOf } from "./notes.fixture.ts";

const none = async () => [];
let folder: string;
let anchor: Anchor;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anchorwatch-anchor-"));
  anchor = folderAnchor(folder, () => crypto.randomUUID());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("the latest checkpoint and every one before it stay", async () => {
  expect(await anchor.latest()).toBeUndefined();
  for (const size of [1, 2, 12]) await anchor.publish(await checkpointOf(size), none);
  expect(await anchor.latest()).toBe(await checkpointOf(12));
  expect((await readdir(join(folder, "history"))).sort()).toEqual(["1", "12", "2"]);
  expect(await readFile(join(folder, "checkpoint"), "utf8")).toBe(await checkpointOf(12));
  expect((await readdir(folder, { recursive: true })).sort()).toEqual([
    ".tmp",
    "checkpoint",
    "history",
    "history/1",
    "history/12",
    "history/2",
  ]);
});

test("what was published survives a power cut", async () => {
  const disk = new MemoryDisk();
  await disk.makeFolder("/share");
  await disk.syncFolder("/");
  await folderAnchor("/share", () => crypto.randomUUID(), disk).publish(await checkpointOf(2), none);
  disk.cutPower(() => false);
  expect([...disk.files("/share").keys()].sort()).toEqual(["checkpoint", "history/2"]);
});

test("a share that is full is not filled further, and takes the next checkpoint when it has space", async () => {
  const disk = new MemoryDisk();
  await disk.makeFolder("/share");
  const full = folderAnchor("/share", () => crypto.randomUUID(), disk);
  disk.capacity = 10;
  const failure = { code: "ledger_anchor_failed", message: expect.stringContaining("ENOSPC") };
  await expect(full.publish(await checkpointOf(1), none)).rejects.toMatchObject(failure);
  expect(disk.files("/share").size).toBe(0);
  disk.capacity = Number.POSITIVE_INFINITY;
  await full.publish(await checkpointOf(2), none);
  expect(await full.latest()).toBe(await checkpointOf(2));
});

test("a share that was exchanged for an empty one is filled anew", async () => {
  await anchor.publish(await checkpointOf(1), none);
  await rm(folder, { recursive: true });
  await mkdir(folder);
  await anchor.publish(await checkpointOf(2), none);
  expect(await anchor.latest()).toBe(await checkpointOf(2));
});

test("an older checkpoint that comes late does not replace a newer one", async () => {
  await anchor.publish(await checkpointOf(12), none);
  await anchor.publish(await checkpointOf(2), none);
  expect(await anchor.latest()).toBe(await checkpointOf(12));
  expect(await readFile(join(folder, "checkpoint"), "utf8")).toBe(await checkpointOf(12));
});

test("another history of the same size, or another log, is a conflict", async () => {
  await anchor.publish(await checkpointOf(2), none);
  await anchor.publish(await checkpointOf(12), none);
  const conflict = { code: "ledger_anchor_conflict" };
  await expect(anchor.publish(await checkpointOf(12, "forged"), none)).rejects.toMatchObject(conflict);
  await expect(anchor.publish(await checkpointOf(2, "forged"), none)).rejects.toMatchObject(conflict);
  const stranger = await checkpointOf(13, "entry", "example.com/other");
  await expect(anchor.publish(stranger, none)).rejects.toMatchObject(conflict);
  expect(await anchor.latest()).toBe(await checkpointOf(12));
});

test("a latest file that was turned back or removed is seen through by the history", async () => {
  for (const size of [1, 12]) await anchor.publish(await checkpointOf(size), none);
  await writeFile(join(folder, "checkpoint"), await checkpointOf(1));
  expect(await anchor.latest()).toBe(await checkpointOf(12));
  await rm(join(folder, "checkpoint"));
  expect(await anchor.latest()).toBe(await checkpointOf(12));
});

test("a share that is not mounted is an error, not an empty anchor, and is not made", async () => {
  await rm(folder, { recursive: true });
  const failed = { code: "ledger_anchor_failed", location: { file: folder } };
  await expect(anchor.latest()).rejects.toMatchObject(failed);
  await expect(anchor.publish(await checkpointOf(1), none)).rejects.toMatchObject(failed);
  const spelledOtherwise = folderAnchor(`${folder}/.//`, () => crypto.randomUUID());
  await expect(spelledOtherwise.publish(await checkpointOf(1), none)).rejects.toMatchObject(failed);
  await expect(readdir(folder)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a file that is no checkpoint is told, not overwritten", async () => {
  await writeFile(join(folder, "checkpoint"), "shopping list\n");
  await expect(anchor.publish(await checkpointOf(1), none)).rejects.toMatchObject({
    code: "ledger_anchor_failed",
  });
  expect(await readFile(join(folder, "checkpoint"), "utf8")).toBe("shopping list\n");
});
