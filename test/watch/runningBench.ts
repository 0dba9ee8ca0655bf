/** The whole watch in this process: a real PostgreSQL, the reference provider, a ledger in a folder. */

import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { onTestFinished, vi } from "vitest";
import { ledgerFolder } from "../../packages/anchorwatch/src/app/ledger/ledgerFolder.ts";
import { openForReading } from "../../packages/anchorwatch/src/app/ledger/openForReading.ts";
import { type FoundStack, stackIdOf } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import { type RunningWatch, startWatch } from "../../packages/anchorwatch/src/app/watch/startWatch.ts";
import type { WatchMachine } from "../../packages/anchorwatch/src/app/watch/watchMachine.ts";
import type { WatchSettings } from "../../packages/anchorwatch/src/app/watch/watchSettings.ts";
import { thisLedgerMachine } from "../../packages/anchorwatch/src/cli/ledger/thisLedgerMachine.ts";
import { thisMachine } from "../../packages/anchorwatch/src/cli/thisMachine.ts";
import type { AuditEvent } from "../../packages/anchorwatch/src/domain/auditEvent.ts";
import type { Warning } from "../../packages/anchorwatch/src/domain/errors.ts";
import { decodeEntry } from "../../packages/anchorwatch/src/ledger/entry/entry.ts";
import type { StoredEntry } from "../../packages/anchorwatch/src/ledger/entry/form.ts";
import { type Workbench, workbench } from "../check/workbench.ts";
import type { StackFixture, WrittenStack } from "../reference-provider/fixtures.ts";

export interface WatchBench {
  readonly bench: Workbench;
  readonly stack: WrittenStack;
  readonly warnings: readonly Warning[];
  start(more?: Partial<WatchSettings>): Promise<RunningWatch>;
  /** Of the ledger, as a reader sees it. */
  entries(): Promise<readonly StoredEntry[]>;
}

const HOUR_MS = 3_600_000;

function testWatchMachine(home: string): WatchMachine {
  return {
    ...thisMachine(),
    ...thisLedgerMachine(),
    homeDir: home,
    elapsed: () => performance.now(),
    chance: () => 0,
    every: (milliseconds, work) => {
      const timer = setInterval(work, milliseconds);
      return () => clearInterval(timer);
    },
    newSqsClient: () => Promise.reject(new TypeError("no queue here")),
  };
}

export async function watchBench(fixture: StackFixture): Promise<WatchBench> {
  const bench = workbench();
  const stack = await bench.stack(fixture);
  const warnings: Warning[] = [];
  const machine = testWatchMachine(join(bench.folder, "home"));
  // The server of the database may be another user's, when this is root.
  chmodSync(bench.folder, 0o755);
  const place = { kind: "folder", name: "ledger", path: join(bench.folder, "ledger") } as const;
  return {
    bench,
    stack,
    warnings,
    async start(more = {}) {
      const folder = join(bench.folder, "database");
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o755);
      const watch = await startWatch({
        settings: { ...settings(bench, folder), ...more },
        ledger: await ledgerFolder(place, machine),
        databaseUrl: undefined,
        machine,
        declarations: {
          find: async () => ({ stacks: [found(bench, stack)], isComplete: true }),
          specOf: () => Promise.reject(new TypeError("no other stack")),
          run: async () => {},
        },
        onWarning: (warning) => warnings.push(warning),
      });
      onTestFinished(() => watch.stop());
      return watch;
    },
    async entries() {
      const log = await openForReading(place, [], machine);
      const entries: StoredEntry[] = [];
      for await (const { bytes } of log.entries(0, log.checkpoint.size)) {
        const decoded = decodeEntry(bytes);
        if (decoded.kind === "entry") entries.push(decoded.entry);
      }
      return entries;
    },
  };
}

function settings(bench: Workbench, databaseFolder: string): WatchSettings {
  return {
    databaseFolder: join(databaseFolder, "postgres"),
    port: 0,
    workFolder: join(bench.folder, "work"),
    stacks: [],
    sweepEveryMs: HOUR_MS,
    events: [],
    identities: [
      { match: { by: "sessionName", pattern: "*@example.com" }, person: "$1", origin: "server.yaml:1" },
    ],
    providers: undefined,
    limits: { checks: 4, readsPerAccount: 50, readsPerSecondPerAccount: 1000, providerMemory: 2 ** 30 },
  };
}

export const STACK_NAME = "shop";

function found(bench: Workbench, stack: WrittenStack): FoundStack {
  const environment = {
    PATH: "/usr/bin:/bin",
    HOME: join(bench.folder, "home"),
    TMPDIR: join(bench.folder, "tmp"),
    ANCHORWATCH_CACHE_DIR: bench.cache,
  };
  return {
    stack: {
      id: stackIdOf(STACK_NAME),
      name: STACK_NAME,
      engine: "terraform",
      origin: { kind: "folder", path: stack.dir },
      declaredBy: "config",
      sweepEveryMs: HOUR_MS,
      addedAt: new Date(),
    },
    spec: {
      trust: { kind: "own" },
      request: {
        dir: stack.dir,
        withCode: true,
        workingDirectory: bench.folder,
        variables: [],
        ignore: [],
        ignoreFiles: [],
        sensitive: [],
        providerValues: new Map(),
        pending: "literal",
        deadlines: new Map(),
        environment,
      },
    },
    delivery: { principals: ["arn:aws:iam::1:role/deploy"] },
  };
}

/** Somebody in the console. */
export function byHand(identifiers: readonly string[], more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: crypto.randomUUID(),
    source: "test",
    time: new Date(),
    name: "SetTopicAttributes",
    service: "sns.amazonaws.com",
    actor: {
      principal: "arn:aws:sts::1:assumed-role/admin/ada@example.com",
      kind: "role",
      sessionName: "ada@example.com",
      channel: "console",
      sourceAddress: "198.51.100.7",
    },
    identifiers,
    ...more,
  };
}

export async function until<Found>(look: () => Promise<Found>, limitMs = 20_000): Promise<Found> {
  return await vi.waitFor(look, { timeout: limitMs, interval: 20 });
}
