/** The watch in this process, of one stack in a folder: a real PostgreSQL, a ledger in a folder, and the providers of that stack. */
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ledgerFolder } from "../../packages/anchorwatch/src/app/ledger/ledgerFolder.ts";
import { openForReading } from "../../packages/anchorwatch/src/app/ledger/openForReading.ts";
import type { RulesFor } from "../../packages/anchorwatch/src/app/policy/rulesInForce.ts";
import {
  type RunningWatch,
  startWatch,
  type WatchOptions,
} from "../../packages/anchorwatch/src/app/watch/startWatch.ts";
import type { WatchMachine } from "../../packages/anchorwatch/src/app/watch/watchMachine.ts";
import type { WatchSettings } from "../../packages/anchorwatch/src/app/watch/watchSettings.ts";
import type { Warning } from "../../packages/anchorwatch/src/domain/errors.ts";
import { decodeEntry } from "../../packages/anchorwatch/src/ledger/entry/entry.ts";
import type { StoredEntry } from "../../packages/anchorwatch/src/ledger/entry/form.ts";
import { embeddedTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import type { Environment } from "../support/executable.ts";
import { declarationsOf, type WatchedFolder, watchMachine, watchSettings } from "./watchParts.ts";

export interface WatchPlace {
  /** Gets the ledger and whatever else is kept, the database apart. */
  readonly folder: string;
  /** Of the stack's code. */
  readonly stackFolder: string;
  /** What reads the stack. */
  readonly environment: Environment;
  /** What is declared, each time that it is asked; absent: the stack alone. */
  readonly declared?: readonly WatchedFolder[];
  /** Absent: as this machine has it, with no queue. */
  readonly machine?: Partial<WatchMachine>;
  /** What is in force; absent: no rules. */
  readonly rules?: RulesFor;
  /** Whom people have told, and what is set in motion; absent: nobody, nothing. */
  readonly alerts?: WatchOptions["alerts"];
  /** Called with what stops a watch that was started; absent: it stops when the test ends. */
  readonly finished?: (stop: () => Promise<void>) => void;
}

export interface WatchIn {
  readonly warnings: readonly Warning[];
  start(more?: Partial<WatchSettings>, around?: WatchOptions["around"]): Promise<RunningWatch>;
  /** Of the ledger, as a reader sees it. */
  entries(): Promise<readonly StoredEntry[]>;
}

/** Of what becomes of drifts; why they matter is told by entries of their own. */
export function isOfLife({ kind }: Pick<StoredEntry, "kind">): boolean {
  return kind.startsWith("drift.") && kind !== "drift.classified";
}

export const STACK_NAME = "shop";

export function watchIn(place: WatchPlace): WatchIn {
  const { folder, finished = onTestFinished } = place;
  const warnings: Warning[] = [];
  const machine = { ...watchMachine(join(folder, "home")), chance: () => 0, ...place.machine };
  const ledger = { kind: "folder", name: "ledger", path: join(folder, "ledger") } as const;
  let database: Promise<string> | undefined;
  return {
    warnings,
    async start(more = {}, around = undefined) {
      database ??= newDatabase();
      const watch = await startWatch({
        settings: watchSettings(folder, more),
        ledger: await ledgerFolder(ledger, machine),
        databaseUrl: await database,
        machine,
        declarations: declarationsOf(place.declared ?? [stackOf(place)]),
        onWarning: (warning) => warnings.push(warning),
        ...(place.rules === undefined ? {} : { rules: place.rules }),
        ...(place.alerts === undefined ? {} : { alerts: place.alerts }),
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

export function stackOf({
  stackFolder,
  environment,
}: Pick<WatchPlace, "stackFolder" | "environment">): WatchedFolder {
  return { name: STACK_NAME, dir: stackFolder, environment, principals: ["arn:aws:iam::1:role/deploy"] };
}

/** Of the server that all tests share: making one for each takes seconds. */
async function newDatabase(): Promise<string> {
  return (await embeddedTestServer()).createDatabase();
}
