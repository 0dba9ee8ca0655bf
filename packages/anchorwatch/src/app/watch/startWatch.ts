/** The watch, running: whatever a process does of it, joined. */

import type { IdentityRule } from "../../activity/identities.ts";
import type { EventSink } from "../../activity/sources/source.ts";
import type { ReadRecord } from "../../domain/auditEvent.ts";
import type { Warning } from "../../domain/errors.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import { openJobs } from "../../jobs/openJobs.ts";
import { fingerprint } from "../../ledger/entry/fingerprint.ts";
import { servedFile } from "../../ledger/storage/servedFile.ts";
import { type Database, openDatabase } from "../../store/connect.ts";
import { createWatchRecords } from "../../store/watchRecords.ts";
import type { OpenProvider } from "../../terraform/provider/open.ts";
import type { ProviderPool } from "../../terraform/provider/pool.ts";
import { type MeteredBatch, NO_METER, type WatchMeter } from "../../watch/meter.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId, StackStatus, WatchedStack } from "../../watch/stack.ts";
import type { FingerprintSecret } from "../checkRequest.ts";
import { prepareLedger, readFingerprintKey, type WritableLedger } from "../ledger/writableLedger.ts";
import { checkWatched } from "./checking.ts";
import type { Declarations } from "./declaring.ts";
import { runSources } from "./eventSources.ts";
import type { FoundStack } from "./foundStack.ts";
import {
  gaugesOf,
  readinessOf,
  totalsOf,
  type WatchGauges,
  type WatchReadiness,
  type WatchTotals,
} from "./health.ts";
import { runPublisher } from "./ledgerPublisher.ts";
import type { LiveChange } from "./liveChange.ts";
import { lookAtDue } from "./looking.ts";
import { addStack, checkNow, type ManagingOptions, removeStack, type WantedStack } from "./managing.ts";
import { openProviderPool } from "./providerPool.ts";
import { QUEUES, type WatchQueues } from "./queues.ts";
import { type Received, receiveRecords } from "./receiving.ts";
import { runScheduler } from "./scheduling.ts";
import { openSignedSources, type ReceivePost } from "./signedSources.ts";
import { createHotStacks } from "./stacks/hotStacks.ts";
import { sweep } from "./sweeping.ts";
import { createWake } from "./wake.ts";
import type { WatchContext } from "./watchContext.ts";
import type { WatchMachine } from "./watchMachine.ts";
import type { WatchSettings } from "./watchSettings.ts";

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
  const { settings, machine, ledger, declarations, onWarning } = options;
  await prepareLedger(ledger, machine);
  const key = await readFingerprintKey(ledger);
  const fingerprintSecret: FingerprintSecret = (where, secret) => fingerprint(key, where, secret);
  const ending = new AbortController();
  const wake = createWake(machine.sleep);
  const listeners = new Set<(change: LiveChange) => void>();
  const pool = openProviderPool(settings.limits, machine);
  const { around = (open) => open, onPublished } = options;
  const hot = createHotStacks({ machine, open: around(pool.open) }, HOT_STACK_BYTES);
  const found = new Map<StackId, FoundStack>();
  const foundOf = async (stack: WatchedStack): Promise<FoundStack> => {
    const known = found.get(stack.id) ?? (await declarations.specOf(stack));
    found.set(stack.id, known);
    return known;
  };
  const records = createWatchRecords(database);
  const context: WatchContext = {
    records,
    identities: options.identities ?? (() => settings.identities),
    meter: options.meter ?? NO_METER,
    now: machine.now,
    newId: machine.newId,
    random: machine.chance,
    onWarning,
    tell: (change) => {
      wake.wake();
      for (const listener of listeners) listener(change);
    },
    stacks: {
      deliveryOf: ({ id }) => found.get(id)?.delivery ?? { principals: [] },
      async with(stack, signal, work) {
        const { spec } = await foundOf(stack);
        const request = { ...spec.request, stackName: stack.name, fingerprint: fingerprintSecret };
        return await hot.with(stack.id, { ...spec, request }, signal, (loaded) => work(loaded, spec));
      },
    },
  };
  const redeclare = async () => {
    const { stacks, isComplete } = await declarations.find();
    for (const one of stacks) found.set(one.stack.id, one);
    const declared = stacks.map(({ stack }) => stack);
    // A repository that cannot be reached does not make its stacks vanish.
    const others = isComplete ? [] : await declaredBefore(records, declared);
    await records.stacks.declare([...declared, ...others], machine.now());
  };
  const take = async (source: string, batch: readonly ReadRecord[], receivedAt: Date) => {
    const received = await receiveRecords(records, batch, { source, receivedAt }, async (inside, stacks) => {
      if (stacks.length > 0)
        await jobs.sendAll(
          "look",
          stacks.map((stackId) => ({ key: stackId, data: { stackId } })),
          { within: inside },
        );
    });
    context.meter.received(metered(source, batch, received, receivedAt));
    return received;
  };
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
  const declare = () => redeclare().catch((error: unknown) => onWarning(asWarning(inOurWords(error))));
  const stopDeclaring = machine.every(DECLARE_EVERY_MS, () => void declare());
  const running = [
    declarations.run(ending.signal, declare),
    runPublisher({
      database,
      records,
      ledger,
      machine,
      wake,
      onPublished,
      onWarning,
      signal: ending.signal,
    }),
    runScheduler({ database, jobs, context, sleep: machine.sleep, onWarning, signal: ending.signal }),
    runSources(settings.events, {
      database,
      detectors: records.detectors,
      machine,
      workFolder: settings.workFolder,
      sink,
      onWarning,
      signal: ending.signal,
    }),
  ];
  const managing: ManagingOptions = {
    records,
    jobs,
    now: machine.now,
    sweepEveryMs: settings.sweepEveryMs,
    specOf: (stack) => declarations.specOf(stack),
  };
  return {
    context,
    database,
    jobs,
    pool,
    take,
    receive,
    readLog: async (path) => (servedFile(path) === undefined ? undefined : await ledger.storage.read(path)),
    addStack: (wanted) => addStack(wanted, managing),
    removeStack: (id) => removeStack(id, managing),
    checkNow: (id, addresses) => checkNow(id, addresses, managing),
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

function work(jobs: Jobs<WatchQueues>, context: WatchContext, { limits }: WatchSettings): void {
  jobs.work("look", { concurrency: limits.checks }, (job) =>
    lookAtDue(context, job.data.stackId as StackId, job),
  );
  jobs.work("sweep", { concurrency: limits.checks }, (job) =>
    sweep(context, job.data.stackId as StackId, job.data.trigger, job),
  );
  jobs.work("check", { concurrency: limits.checks }, async (job) => {
    const { stackId, addresses } = job.data;
    if (addresses.length === 0) return await sweep(context, stackId as StackId, "manual", job);
    const status = await context.records.stacks.byId(stackId as StackId);
    if (status === undefined || status.health === "gone") return;
    await checkWatched(context, status, { trigger: "manual", addresses, job });
  });
}

async function declaredBefore(
  records: WatchRecords,
  now: readonly WatchedStack[],
): Promise<readonly WatchedStack[]> {
  const known = new Set(now.map(({ id }) => id));
  const before = await records.stacks.list();
  return before.flatMap(({ stack, health }) =>
    stack.declaredBy === "config" && health !== "gone" && !known.has(stack.id) ? [stack] : [],
  );
}

function metered(
  source: string,
  batch: readonly ReadRecord[],
  { changes, malformed }: Received,
  receivedAt: Date,
): MeteredBatch {
  const events = batch.flatMap((record) => (record.kind === "change" ? [record.event] : []));
  return {
    source,
    changes,
    malformed,
    noChanges: batch.length - events.length - malformed,
    duplicates: events.length - changes,
    lagsMs: events.map(({ time }) => Math.max(0, receivedAt.getTime() - time.getTime())),
  };
}

function inOurWords(error: unknown): AnchorwatchError {
  return error instanceof AnchorwatchError
    ? error
    : new AnchorwatchError("internal", messageOf(error), { cause: error });
}

function asWarning(problem: AnchorwatchError): Warning {
  const { code, hint } = problem;
  return { code, message: messageOf(problem), ...(hint === undefined ? {} : { hint }) };
}
