import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { machineFiles } from "../storage/directory/fileLayer.ts";
import { type Evidence, evidenceFolder } from "./evidence.ts";

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "anchorwatch-evidence-"));
});
afterEach(() => rm(base, { recursive: true }));

const found = new Date("2026-01-01T00:00:00.000Z");
const EVIDENCE: Evidence = { reason: "forked", own: "own\n", anchor: "vault", anchored: "theirs\n", found };

it("keeps both checkpoints in a private folder, and the same two once", async () => {
  const folder = join(base, "log.private");
  const keep = evidenceFolder(machineFiles, folder);
  const path = await keep(EVIDENCE);
  expect(await keep({ ...EVIDENCE, found: new Date("2026-01-02T00:00:00.000Z") })).toBe(path);
  await keep({ ...EVIDENCE, anchored: "another\n" });
  expect(await readdir(join(folder, "evidence"))).toHaveLength(2);
  expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ own: "own\n", anchored: "theirs\n" });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});
