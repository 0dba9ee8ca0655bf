import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FileLayer, machineFiles } from "../storage/directory/fileLayer.ts";
import { type Evidence, evidenceFolder } from "./evidence.ts";

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "anchorwatch-evidence-"));
});
afterEach(() => rm(base, { recursive: true }));

const found = new Date("2026-01-01T00:00:00.000Z");
const EVIDENCE: Evidence = {
  reason: "forked",
  own: "own\n",
  anchor: "vault",
  anchored: "theirs\n",
  said: "it knows another root",
  found,
};
const unique = () => crypto.randomUUID();

it("keeps both checkpoints in a private folder, and the same two once", async () => {
  const folder = join(base, "log.private");
  const keep = evidenceFolder(machineFiles, join(folder, "evidence"), unique);
  const path = await keep(EVIDENCE);
  expect(await keep({ ...EVIDENCE, found: new Date("2026-01-02T00:00:00.000Z") })).toBe(path);
  await keep({ ...EVIDENCE, anchored: "another\n" });
  expect(await readdir(join(folder, "evidence"))).toHaveLength(2);
  expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ own: "own\n", anchored: "theirs\n" });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

it("keeps the same and other evidence at the same time, and leaves nothing else behind", async () => {
  const keep = evidenceFolder(machineFiles, base, unique);
  const paths = await Promise.all([
    ...Array.from({ length: 5 }, () => keep(EVIDENCE)),
    keep({ ...EVIDENCE, anchored: undefined, anchor: "one" }),
    keep({ ...EVIDENCE, anchored: undefined, anchor: "two" }),
  ]);
  expect((await readdir(base)).map((name) => join(base, name)).sort()).toEqual([...new Set(paths)].sort());
  expect(new Set(paths).size).toBe(3);
});

it("leaves nothing half written when it fails", async () => {
  const disk: FileLayer = { ...machineFiles, rename: () => Promise.reject(new Error("EIO")) };
  await expect(evidenceFolder(disk, base, unique)(EVIDENCE)).rejects.toThrow("EIO");
  expect(await readdir(base)).toEqual([]);
});
