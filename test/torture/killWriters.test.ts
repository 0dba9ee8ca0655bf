import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { killWriters } from "./killWriters.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "anchorwatch-kills-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("loses no acknowledged entry when a process of eight writers is killed 20 times", async () => {
  const report = await killWriters({
    folder,
    kills: 20,
    random: Math.random,
    signal: new AbortController().signal,
    say: () => {},
  });
  expect(report.kills).toBe(20);
  expect(report.acknowledged).toBeGreaterThan(20);
}, 180_000);
