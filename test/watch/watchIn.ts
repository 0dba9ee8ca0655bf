/** The watch in this process, of one stack in a folder: a real PostgreSQL, a ledger in a folder, and the providers of that stack. */
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ledgerFolder } from "../../packages/anchorwatch/src/app/ledger/ledgerFolder.ts";
import { openForReading } from "../../packages/anchorwatch/src/app/ledger/openForReading.ts";
import { type FoundStack, stackIdOf } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import {
  type RunningWatch,
  startWatch,
  type WatchOptions,
} from "../../packages/anchorwatch/src/app/watch/startWatch.ts";
import type { WatchMachine } from "../../packages/anchorwatch/src/app/watch/watchMachine.ts";
import type { WatchSettings } from "../../packages/anchorwatch/src/app/watch/watchSettings.ts";
import { thisLedgerMachine } from "../../packages/anchorwatch/src/cli/ledger/thisLedgerMachine.ts";
import { thisMachine } from "../../packages/anchorwatch/src/cli/thisMachine.ts";
import type { Warning } from "../../packages/anchorwatch/src/domain/errors.ts";
import { decodeEntry } from "../../packages/anchorwatch/src/ledger/entry/entry.ts";
import type { StoredEntry } from "../../packages/anchorwatch/src/ledger/entry/form.ts";

export interface WatchPlace {
  /** Gets database, ledger and whatever else is kept. */
  readonly folder: string;
  /** Of the stack's code. */
  readonly stackFolder: string;
  /** What reads the stack. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absent: as this machine has it, with no queue. */
  readonly machine?: Partial<WatchMachine>;
  /** Called with what stops a watch that was started; absent: it stops when the test ends. */
  readonly finished?: (stop: () => Promise<void>) => void;
}

export interface WatchIn {
  readonly warnings: readonly Warning[];
  start(more?: Partial<WatchSettings>, around?: WatchOptions["around"]): Promise<RunningWatch>;
  /** Of the ledger, as a reader sees it. */
  entries(): Promise<readonly StoredEntry[]>;
}

const HOUR_MS = 3_600_000;
export const STACK_NAME = "shop";

export function watchIn(place: WatchPlace): WatchIn {
  const { folder, finished = onTestFinished } = place;
  const warnings: Warning[] = [];
  const machine = { ...testWatchMachine(join(folder, "home")), ...place.machine };
  // The server of the database may be another user's, when this is root.
  chmodSync(folder, 0o755);
  const ledger = { kind: "folder", name: "ledger", path: join(folder, "ledger") } as const;
  return {
    warnings,
    async start(more = {}, around = undefined) {
      const database = join(folder, "database");
      mkdirSync(database, { recursive: true });
      chmodSync(database, 0o755);
      const watch = await startWatch({
        settings: { ...settings(folder, database), ...more },
        ledger: await ledgerFolder(ledger, machine),
        databaseUrl: undefined,
        machine,
        declarations: {
          find: async () => ({ stacks: [found(place)], isComplete: true }),
          specOf: () => Promise.reject(new TypeError("no other stack")),
          run: async () => {},
        },
        onWarning: (warning) => warnings.push(warning),
        ...(around === undefined ? {} : { around }),
      });
      finished(() => watch.stop());
      return watch;
    },
    async entries() {
      const log = await openForReading(ledger, [], machine);
      const entries: StoredEntry[] = [];
      for await (const { bytes } of log.entries(0, log.checkpoint.size)) {
        const decoded = decodeEntry(bytes);
        if (decoded.kind === "entry") entries.push(decoded.entry);
      }
      return entries;
    },
  };
}

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

function settings(folder: string, databaseFolder: string): WatchSettings {
  return {
    databaseFolder: join(databaseFolder, "postgres"),
    port: 0,
    workFolder: join(folder, "work"),
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

function found({ folder, stackFolder, environment }: WatchPlace): FoundStack {
  return {
    stack: {
      id: stackIdOf(STACK_NAME),
      name: STACK_NAME,
      engine: "terraform",
      origin: { kind: "folder", path: stackFolder },
      declaredBy: "config",
      sweepEveryMs: HOUR_MS,
      addedAt: new Date(),
    },
    spec: {
      trust: { kind: "own" },
      request: {
        dir: stackFolder,
        withCode: true,
        workingDirectory: folder,
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
