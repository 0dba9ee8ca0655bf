import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { GIT, originIn } from "../../../../../test/watch/gitServer.ts";
import type { Warning } from "../../domain/errors.ts";
import type { WatchedStack } from "../../watch/stack.ts";
import { openDeclarations } from "./declaring.ts";
import { DEFAULT_KEEP } from "./forgetting.ts";
import { stackIdOf } from "./foundStack.ts";
import type { WatchSettings } from "./watchSettings.ts";

const MISSING = "/nowhere/infra";
const URL = "https://git.example/infra.git";

it("a source that cannot be asked may still have its stacks, and takes none of another one along", async () => {
  const workFolder = mkdtempSync(join(tmpdir(), "anchorwatch-declaring-"));
  const common = { read: { environment: [] }, delivery: { principals: [] } };
  const repository = { kind: "repository", url: URL, ref: "main", folders: [], fetchEveryMs: 1_000 } as const;
  const warnings: Warning[] = [];
  const declarations = openDeclarations({
    settings: () => ({
      ...settingsIn(workFolder),
      stacks: [
        { kind: "folder", path: workFolder, ...common },
        { kind: "folder", path: MISSING, ...common },
        { ...repository, ...common },
      ],
    }),
    environment: { PATH: process.env["PATH"] },
    now: () => new Date(0),
    sleep: async () => {},
    random: () => 0,
    onWarning: (warning) => warnings.push(warning),
  });
  try {
    const { stacks, mayHave } = await declarations.find();
    expect(stacks).toEqual([]);
    const fromFolder = (path: string) => mayHave(stackOf({ kind: "folder", path }));
    expect([fromFolder(MISSING), fromFolder(`${MISSING}/dns`), fromFolder("/nowhere/infra2")]).toEqual([
      ...[true, true, false],
    ]);
    expect(fromFolder(join(workFolder, "dns"))).toBe(false);
    const fromRepository = (ref: string) =>
      mayHave(stackOf({ kind: "repository", url: URL, ref, path: "dns" }));
    expect([fromRepository("main"), fromRepository("other")]).toEqual([true, false]);
    expect(warnings.map(({ code }) => code)).toEqual(["stack_folder_missing", "repository_unreachable"]);
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
});

function stackOf(origin: WatchedStack["origin"]): WatchedStack {
  return {
    ...{ id: stackIdOf("dns"), name: "dns", engine: "terraform", declaredBy: "config", origin },
    ...{ sweepEveryMs: 60_000, addedAt: new Date(0) },
  };
}

it.skipIf(GIT === undefined)(
  "a stack of a repository gets what the operator gives for its providers, and the folders that he names for states",
  async () => {
    const workFolder = mkdtempSync(join(tmpdir(), "anchorwatch-declaring-"));
    const { path: url } = originIn(join(workFolder, "origin"), {
      "dns/main.tf": 'terraform {\n  backend "s3" {}\n}\n',
    });
    const given = {
      providerArguments: new Map([
        ["registry.terraform.io/hashicorp/aws", new Map([["region", "eu-west-1"]])],
      ]),
      stateFolders: ["/srv/states"],
    };
    const source = { kind: "repository", url, ref: "main", folders: [], fetchEveryMs: 3_600_000 } as const;
    const read = { environment: [], ...given };
    const ending = new AbortController();
    const declarations = openDeclarations({
      settings: () => ({
        ...settingsIn(workFolder),
        stacks: [{ ...source, read, delivery: { principals: [] } }],
      }),
      environment: { PATH: process.env["PATH"] },
      now: () => new Date(0),
      sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
      random: () => 0,
      onWarning: () => {},
    });
    try {
      const fetched = Promise.withResolvers<void>();
      const running = declarations.run(ending.signal, async () => fetched.resolve());
      await fetched.promise;
      const { stacks } = await declarations.find();
      expect(stacks.map(({ spec: { trust } }) => trust)).toMatchObject([{ kind: "untrusted", ...given }]);
      ending.abort();
      await running;
    } finally {
      rmSync(workFolder, { recursive: true, force: true });
    }
  },
);

it("a repository that cannot even be opened is told, and tried again, and ends nothing else", async () => {
  const workFolder = mkdtempSync(join(tmpdir(), "anchorwatch-declaring-"));
  const settings: WatchSettings = {
    ...settingsIn(workFolder),
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

it("a repository that the operator's file names no more is not fetched any longer", async () => {
  const workFolder = mkdtempSync(join(tmpdir(), "anchorwatch-declaring-"));
  const common = { read: { environment: [] }, delivery: { principals: [] } };
  const repository = { kind: "repository", url: "no address", ref: "main", folders: [], ...common } as const;
  const ending = new AbortController();
  let rounds = 0;
  let triesAfter = 0;
  const declarations = openDeclarations({
    settings: () => ({
      ...settingsIn(workFolder),
      stacks: rounds < 3 ? [{ ...repository, fetchEveryMs: 7_000 }] : [],
    }),
    environment: {},
    now: () => new Date(0),
    sleep: async (milliseconds) => {
      if (milliseconds === 7_000) triesAfter += rounds > 3 ? 1 : 0;
      else rounds += 1;
      if (rounds === 20) ending.abort();
      await new Promise((resolve) => setImmediate(resolve));
    },
    random: () => 0,
    onWarning: () => {},
  });
  try {
    await declarations.run(ending.signal, async () => {});
    expect(triesAfter).toBeLessThanOrEqual(1);
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
});

function settingsIn(workFolder: string): WatchSettings {
  return {
    databaseFolder: join(workFolder, "database"),
    port: 0,
    workFolder,
    stacks: [],
    sweepEveryMs: 600_000,
    events: [],
    identities: [],
    providers: undefined,
    limits: { checks: 1, readsPerAccount: 1, readsPerSecondPerAccount: 1, providerMemory: 1 },
    keep: DEFAULT_KEEP,
  };
}
