import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Warning } from "../../domain/errors.ts";
import { openDeclarations } from "./declaring.ts";
import type { WatchSettings } from "./watchSettings.ts";

it("a repository that cannot even be opened is told, and tried again, and ends nothing else", async () => {
  const workFolder = mkdtempSync(join(tmpdir(), "anchorwatch-declaring-"));
  const settings: WatchSettings = {
    databaseFolder: join(workFolder, "database"),
    port: 0,
    workFolder,
    stacks: [
      {
        kind: "repository",
        url: "no address",
        ref: "main",
        folders: [],
        fetchEveryMs: 7_000,
        read: { environment: [] },
        delivery: { principals: [] },
      },
    ],
    sweepEveryMs: 600_000,
    events: [],
    identities: [],
    providers: undefined,
    limits: { checks: 1, readsPerAccount: 1, readsPerSecondPerAccount: 1, providerMemory: 1 },
  };
  const warnings: Warning[] = [];
  const ending = new AbortController();
  const pauses: number[] = [];
  const declarations = openDeclarations({
    settings: () => settings,
    environment: {},
    now: () => new Date(0),
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      if (pauses.filter((pause) => pause === 7_000).length === 2) ending.abort();
      await new Promise((resolve) => setImmediate(resolve));
    },
    random: () => 0,
    onWarning: (warning) => warnings.push(warning),
  });
  try {
    await declarations.run(ending.signal, async () => {});
    expect(warnings).toMatchObject([{ code: "repository_address_invalid" }]);
    expect(pauses.filter((pause) => pause === 7_000)).toHaveLength(2);
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
});
