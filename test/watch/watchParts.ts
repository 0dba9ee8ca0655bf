/** What a watch is made of where its stacks are known beforehand: for tests, the torture and the benchmark. */
import { join } from "node:path";
import type { StackRequest } from "../../packages/anchorwatch/src/app/stackAccess.ts";
import type { Declarations } from "../../packages/anchorwatch/src/app/watch/declaring.ts";
import { DEFAULT_KEEP } from "../../packages/anchorwatch/src/app/watch/forgetting.ts";
import { type FoundStack, stackIdOf } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import type { WatchMachine } from "../../packages/anchorwatch/src/app/watch/watchMachine.ts";
import type { WatchSettings } from "../../packages/anchorwatch/src/app/watch/watchSettings.ts";
import { thisWatchMachine } from "../../packages/anchorwatch/src/cli/service/thisWatch.ts";
import type { AuditEvent } from "../../packages/anchorwatch/src/domain/auditEvent.ts";
import type { Labels } from "../../packages/anchorwatch/src/domain/labels.ts";
import type { Environment } from "../support/executable.ts";

const HOUR_MS = 3_600_000;

/** As this one is, with a home of its own and no queue. */
export function watchMachine(homeDir: string): WatchMachine {
  const newSqsClient = () => Promise.reject(new TypeError("there is no queue"));
  return { ...thisWatchMachine(), homeDir, newSqsClient };
}

/** Everything that is kept lies in the folder. */
export function watchSettings(folder: string, more: Partial<WatchSettings> = {}): WatchSettings {
  return {
    databaseFolder: join(folder, "database", "postgres"),
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
    keep: DEFAULT_KEEP,
    ...more,
  };
}

export interface WatchedFolder {
  readonly name: string;
  readonly dir: string;
  /** Absent: every hour. */
  readonly sweepEveryMs?: number;
  /** What reads it. */
  readonly environment: Environment;
  /** Who deploys it. */
  readonly principals?: readonly string[];
  readonly labels?: Labels;
}

/** These folders and no other stacks. */
export function declarationsOf(folders: readonly WatchedFolder[]): Declarations {
  return {
    find: async () => ({ stacks: folders.map(found), mayHave: () => false }),
    specOf: () => Promise.reject(new TypeError("no other stack is declared")),
    run: (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  };
}

function found(folder: WatchedFolder): FoundStack {
  const { name, dir, sweepEveryMs = HOUR_MS, environment, principals = [], labels } = folder;
  return {
    stack: {
      id: stackIdOf(name),
      name,
      engine: "terraform",
      origin: { kind: "folder", path: dir },
      declaredBy: "config",
      sweepEveryMs,
      addedAt: new Date(),
      ...(labels === undefined ? {} : { labels }),
    },
    spec: { trust: { kind: "own" }, request: stackRequest(dir, environment) },
    delivery: { principals },
  };
}

/** A root module with its code, and no options. */
export function stackRequest(dir: string, environment: Environment): StackRequest {
  return {
    dir,
    withCode: true,
    workingDirectory: dir,
    variables: [],
    ignore: [],
    ignoreFiles: [],
    sensitive: [],
    providerValues: new Map(),
    pending: "literal",
    deadlines: new Map(),
    environment,
  };
}

/** Ada does something in the console. */
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
