/** The watch, running: whatever a process does of it, joined. */

import type { IdentityRule } from "../../activity/identities.ts";
import type { EventSink } from "../../activity/sources/source.ts";
import type { ReadRecord } from "../../domain/auditEvent.ts";
import type { Warning } from "../../domain/errors.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import { openJobs } from "../../jobs/openJobs.ts";
import { fingerprint } from "../../ledger/entry/fingerprint.ts";
import { servedFile } from "../../ledger/storage/servedFile.ts";
import { type Database, openDatabase } from "../../store/connect.ts";
import { createWatchRecords } from "../../store/watchRecords.ts";
import type { OpenProvider } from "../../terraform/provider/open.ts";
import type { ProviderPool } from "../../terraform/provider/pool.ts";
import { NO_METER, type WatchMeter } from "../../watch/meter.ts";
import type { StackId, StackStatus } from "../../watch/stack.ts";
import type { FingerprintSecret } from "../checkRequest.ts";
import { prepareLedger, readFingerprintKey, type WritableLedger } from "../ledger/writableLedger.ts";
import { type DeclaredStacks, declaredStacks } from "./declaredStacks.ts";
import type { Declarations } from "./declaring.ts";
import { runSources } from "./eventSources.ts";
import {
  gaugesOf,
  readinessOf,
  totalsOf,
  type WatchGauges,
  type WatchReadiness,
  type WatchTotals,
} from "./health.ts";
import { asWarning } from "./inOurWords.ts";
import { runPublisher } from "./ledgerPublisher.ts";
import type { LiveChange } from "./liveChange.ts";
import { addStack, checkNow, type ManagingOptions, removeStack, type WantedStack } from "./managing.ts";
import { openProviderPool } from "./providerPool.ts";
import { QUEUES, type WatchQueues } from "./queues.ts";
import type { Received } from "./receiving.ts";
import { runScheduler } from "./scheduling.ts";
import { searchingTrails } from "./searching.ts";
import { openSignedSources, type ReceivePost } from "./signedSources.ts";
import { createHotStacks } from "./stacks/hotStacks.ts";
import { taking } from "./taking.ts";
import { createWake, type Wake } from "./wake.ts";
import type { WatchContext } from "./watchContext.ts";
import type { WatchMachine } from "./watchMachine.ts";
import type { WatchSettings } from "./watchSettings.ts";
import { work } from "./working.ts";

export interface WatchOptions {
  readonly settings: WatchSettings;
  readonly ledger: WritableLedger;
  /** `DATABASE_URL`; undefined: the embedded server. */
  readonly databaseUrl: string | undefined;
  readonly machine: WatchMachine;
  readonly declarations: Declarations;
  /** Those that are in force at the moment; absent: those of the settings. */
  readonly identities?: () => readonly IdentityRule[];
  readonly meter?: WatchMeter;
  /** Told of entries that are durable in the ledger, by their ids. */
  readonly onPublished?: (ids: readonly string[]) => void;
  /** Put around every provider that is opened: for who measures. */
  readonly around?: (open: OpenProvider) => OpenProvider;
  readonly onWarning: (warning: Warning) => void;
}

export interface RunningWatch {
  readonly context: WatchContext;
  readonly database: Database;
  readonly jobs: Jobs<WatchQueues>;
  readonly pool: ProviderPool;
  /** What has come from a source is kept, and looked at. */
  take(source: string, batch: readonly ReadRecord[], receivedAt: Date): Promise<Received>;
  /** What was posted for an event source. Nothing of it is trusted; `accepted` only once it is stored. */
  readonly receive: ReceivePost;
  /** Files of the ledger's log, as everybody may read them. */
  readLog(path: string): Promise<Uint8Array | undefined>;
  /** @throws AnchorwatchError when the stack cannot be watched; `stack_name_taken` */
  addStack(wanted: WantedStack): Promise<StackStatus>;
  removeStack(id: StackId): Promise<"removed" | "declared" | "unknown">;
  /** Asks for a check as soon as may be; no addresses: of the whole stack. */
  checkNow(id: StackId, addresses: readonly string[]): Promise<"queued" | "gone" | "unknown">;
  readiness(): Promise<WatchReadiness>;
  totals(): Promise<WatchTotals>;
  gauges(): WatchGauges;
  /** Looks for the declared stacks again. */
  redeclare(): Promise<void>;
  subscribe(listener: (change: LiveChange) => void): () => void;
  /** Resolves when nothing is under way any more and everything is closed. */
  stop(): Promise<void>;
}

const HOT_STACK_BYTES = 256 * 1024 * 1024;
const STOP_GRACE_MS = 10_000;
/** Stacks that came into a folder are found so late. */
const DECLARE_EVERY_MS = 60_000;

/** @throws AnchorwatchError `database_*`, `ledger_*`: then nothing is left running */
export async function startWatch(options: WatchOptions): Promise<RunningWatch> {
  const { settings, machine, onWarning } = options;
  const database = await openDatabase({
    url: options.databaseUrl,
    folder: settings.databaseFolder,
    userId: machine.userId,
    onProblem: (problem) => onWarning(asWarning(problem)),
  });
  for (const warning of database.warnings) onWarning(warning);
  try {
    const jobs = await openJobs(database, QUEUES, { onProblem: (problem) => onWarning(asWarning(problem)) });
    try {
      return await begin(options, database, jobs);
    } catch (error) {
      await jobs.close(0);
      throw error;
    }
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function begin(
  options: WatchOptions,
  database: Database,
  jobs: Jobs<WatchQueues>,
): Promise<RunningWatch> {
  const { settings, machine, ledger, declarations, onWarning, around = (open) => open } = options;
  await prepareLedger(ledger, machine);
  const key = await readFingerprintKey(ledger);
  const fingerprintSecret: FingerprintSecret = (where, secret) => fingerprint(key, where, secret);
  const ending = new AbortController();
  const wake = createWake(machine.sleep);
  const listeners = new Set<(change: LiveChange) => void>();
  const pool = openProviderPool(settings.limits, machine);
  const hot = createHotStacks({ machine, open: around(pool.open) }, HOT_STACK_BYTES);
  const records = createWatchRecords(database);
  const watched = declaredStacks({
    declarations,
    records,
    hot,
    fingerprint: fingerprintSecret,
    now: machine.now,
    onWarning,
  });
  const { redeclare } = watched;
  const context: WatchContext = {
    records,
    identities: options.identities ?? (() => settings.identities),
    meter: options.meter ?? NO_METER,
    now: machine.now,
    newId: machine.newId,
    random: machine.chance,
    onWarning,
    searchTrails: searchingTrails({
      events: settings.events,
      newS3Client: machine.newS3Client,
      sink: (batch, meta) => sink(batch, meta),
      now: machine.now,
      onWarning,
    }),
    tell: (change) => {
      wake.wake();
      tellAll(listeners, change, onWarning);
    },
    stacks: watched.stacks,
  };
  const take = taking({ records, jobs, meter: context.meter });
  const sink: EventSink = async (batch, { source, receivedAt }) => {
    await take(source, batch, receivedAt);
  };
  const receive = await openSignedSources(settings.events, {
    detectors: records.detectors,
    sink,
    now: machine.now,
    onWarning,
  });
  await redeclare();
  work(jobs, context, settings);
  const declare = () => redeclare().catch((error: unknown) => onWarning(asWarning(error)));
  const stopDeclaring = machine.every(DECLARE_EVERY_MS, () => void declare());
  const running = runParts(options, {
    database,
    jobs,
    context,
    wake,
    sink,
    declare,
    signal: ending.signal,
  });
  return {
    context,
    database,
    jobs,
    pool,
    take,
    receive,
    readLog: async (path) => (servedFile(path) === undefined ? undefined : await ledger.storage.read(path)),
    ...managed(options, { records, jobs, forget: watched.forget }),
    readiness: () => readinessOf(records, machine.now()),
    totals: () => totalsOf(records, jobs),
    gauges: () => gaugesOf(pool),
    redeclare,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopDeclaring();
      await jobs.close(STOP_GRACE_MS);
      ending.abort(new AnchorwatchError("job_interrupted", "The watch was stopped"));
      await Promise.allSettled(running);
      hot.close();
      await pool.close();
      await database.close();
    },
  };
}

interface Parts {
  readonly database: Database;
  readonly jobs: Jobs<WatchQueues>;
  readonly context: WatchContext;
  readonly wake: Wake;
  readonly sink: EventSink;
  readonly declare: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** What goes on by itself until the signal aborts. What ends before that is told; it must not end the program. */
function runParts(
  { settings, machine, ledger, declarations, onPublished, onWarning }: WatchOptions,
  { database, jobs, context, wake, sink, declare, signal }: Parts,
): readonly Promise<void>[] {
  const { records } = context;
  const common = { database, onWarning, signal };
  const parts = [
    declarations.run(signal, declare),
    runPublisher({ ...common, records, ledger, machine, wake, onPublished }),
    runScheduler({ ...common, jobs, context, sleep: machine.sleep }),
    runSources(settings.events, {
      ...common,
      detectors: records.detectors,
      machine,
      workFolder: settings.workFolder,
      sink,
    }),
  ];
  return parts.map((part) => part.catch((error: unknown) => onWarning(asWarning(error))));
}

/** What people ask for. */
function managed(
  { settings, machine, declarations }: WatchOptions,
  { records, jobs, forget }: Pick<ManagingOptions, "records" | "jobs"> & Pick<DeclaredStacks, "forget">,
): Pick<RunningWatch, "addStack" | "removeStack" | "checkNow"> {
  const managing: ManagingOptions = {
    records,
    jobs,
    now: machine.now,
    sweepEveryMs: settings.sweepEveryMs,
    specOf: (stack) => declarations.specOf(stack),
  };
  return {
    addStack: (wanted) => addStack(wanted, managing),
    async removeStack(id) {
      const outcome = await removeStack(id, managing);
      if (outcome === "removed") forget(id);
      return outcome;
    },
    checkNow: (id, addresses) => checkNow(id, addresses, managing),
  };
}

/** What is stored is stored, whatever a listener makes of it. */
function tellAll(
  listeners: Iterable<(change: LiveChange) => void>,
  change: LiveChange,
  onWarning: (warning: Warning) => void,
): void {
  for (const listener of listeners) {
    try {
      listener(change);
    } catch (error) {
      onWarning(asWarning(error));
    }
  }
}
