import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { tortureWatch } from "./tortureWatch.ts";

let folder: string;
beforeEach(() => {
  // Short: the path of a provider's socket is made from it.
  folder = mkdtempSync(join(tmpdir(), "aw-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

it("loses no event and doubles no drift while workers and their database are killed", async () => {
  const report = await tortureWatch({
    folder,
    milliseconds: 8_000,
    random: Math.random,
    signal: new AbortController().signal,
    say: () => {},
  });
  expect(report.workersKilled).toBeGreaterThan(0);
  expect(report.databaseKills).toBeGreaterThan(0);
  expect(report.events).toBeGreaterThan(10);
  expect(report.steps).toBeGreaterThan(3);
}, 180_000);
