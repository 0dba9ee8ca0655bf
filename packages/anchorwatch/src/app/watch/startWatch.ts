/** The watch, running: whatever a process does of it, joined. */
import type { ReadRecord } from "../../domain/auditEvent.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { openChangeFeed } from "../../jobs/changeFeed.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import { openJobs } from "../../jobs/openJobs.ts";
import { createAlertRecords } from "../../store/alertRecords.ts";
import { type Database, openDatabase } from "../../store/connect.ts";
import { createDriftsInStacks } from "../../store/driftsInStacks.ts";
import { createUnmanagedInAccounts } from "../../store/unmanagedInAccounts.ts";
import type { ProviderPool } from "../../terraform/provider/pool.ts";
import type { StackId, StackStatus } from "../../watch/stack.ts";
import type { ChangeFeed, HeardChange } from "../../watch/storedChange.ts";
import type { KnownRequester } from "../access/requester.ts";
import type { AlertContext } from "../alerts/alertContext.ts";
import { runAlerter } from "../alerts/alerter.ts";
import { type AlertsOptions, NOBODY } from "../alerts/alertsOptions.ts";
import { ownersFromFiles } from "../alerts/owners.ts";
import { type ServedAlerts, servedAlerts } from "../alerts/servedAlerts.ts";
import { tellables } from "../alerts/tellables.ts";
import { type ServedLedger, servedLedgerOf } from "../ledger/servedLedger.ts";
import { openPlaybooks } from "../playbooks/openPlaybooks.ts";
import type { PlaybookContext } from "../playbooks/playbookContext.ts";
import { runPlaybooks } from "../playbooks/playbookRunner.ts";
import { type ServedPlaybooks, servedPlaybooks } from "../playbooks/servedPlaybooks.ts";
import { addException } from "../policy/exceptions.ts";
import { type Assembly, type AssemblyOptions, assemble } from "./assembling.ts";
import type { DeclaredStacks } from "./declaredStacks.ts";
import { runSource } from "./eventSources.ts";
import { expectDetectors } from "./expectedDetectors.ts";
import {
  gaugesOf,
  readinessOf,
  totalsOf,
  type WatchGauges,
  type WatchReadiness,
  type WatchTotals,
} from "./health.ts";
import { asWarning } from "./inOurWords.ts";
import { runIntegrity } from "./integrity.ts";
import { runPublisher } from "./ledgerPublisher.ts";
import { addStack, checkNow, type ManagingOptions, removeStack, type WantedStack } from "./managing.ts";
import { type Part, type RunningParts, watchOver } from "./parts.ts";
import { QUEUES, type WatchQueues } from "./queues.ts";
import type { Received } from "./receiving.ts";
import { type RenewRetentions, runRenewals } from "./renewing.ts";
import { runScheduler } from "./scheduling.ts";
import { openSignedSources, type ReceivePost } from "./signedSources.ts";
import { startInventory } from "./startInventory.ts";
import { createWake, type Wake } from "./wake.ts";
import type { WatchContext } from "./watchContext.ts";
import { work, workOnPlaybooks } from "./working.ts";

export interface WatchOptions extends AssemblyOptions {
  /** `DATABASE_URL`; undefined: the embedded server. */
  readonly databaseUrl: string | undefined;
  /** Where stacks of the API are swept as often as the operator says at the moment; absent: as the settings say. */
  readonly sweepEveryMs?: () => number;
  /** Absent: nobody is told of anything. */
  readonly alerts?: AlertsOptions;
  /** Absent: the ledger has no retentions. */
  readonly renewRetentions?: RenewRetentions;
  /** Told of entries that are durable in the ledger, by their ids. */
  readonly onPublished?: (ids: readonly string[]) => void;
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
  readonly ledger: ServedLedger;
  readonly alerts: ServedAlerts;
  readonly playbooks: ServedPlaybooks;
  /** @throws AnchorwatchError when the stack cannot be watched; `stack_name_taken` */
  addStack(wanted: WantedStack, requester: KnownRequester): Promise<StackStatus>;
  removeStack(id: StackId, requester: KnownRequester): Promise<"removed" | "declared" | "unknown">;
  /** Asks for a check as soon as may be; no addresses: of the whole stack. */
  checkNow(id: StackId, addresses: readonly string[]): Promise<"queued" | "gone" | "unknown">;
  readiness(): Promise<WatchReadiness>;
  totals(): Promise<WatchTotals>;
  gauges(): WatchGauges;
  /** Looks for the declared stacks again. */
  redeclare(): Promise<void>;
  /** What any process that works on the same database has stored; see `ChangeFeed`. */
  subscribe(listener: (change: HeardChange) => void): () => void;
  /** Rejects when a part ended that nothing brings back: the watch is to be stopped then. Never resolves. */
  readonly failed: Promise<never>;
  /** Resolves when nothing is under way any more and everything is closed. */
  stop(): Promise<void>;
}

/** A database that starts together with us may take its time. */
const DATABASE_PATIENCE_MS = 30_000;
const STOP_GRACE_MS = 10_000;
/** Stacks that came into a folder are found so late. */
const DECLARE_EVERY_MS = 60_000;

/** @throws AnchorwatchError `database_*`, `ledger_*`: then nothing is left running */
export async function startWatch(options: WatchOptions): Promise<RunningWatch> {
  const { settings, machine, onWarning } = options;
  const onProblem = (problem: unknown) => onWarning(asWarning(problem));
  const opened = new AsyncDisposableStack();
  try {
    const database = await openDatabase({
      url: options.databaseUrl,
      folder: settings.databaseFolder,
      userId: machine.userId,
      patienceMs: DATABASE_PATIENCE_MS,
      onProblem,
    });
    opened.defer(() => database.close());
    for (const warning of database.warnings) onWarning(warning);
    const wake = createWake(machine.sleep);
    const alertsWake = createWake(machine.sleep);
    const playbooksWake = createWake(machine.sleep);
    const changes = await openChangeFeed(database, {
      onOutbox: () => wake.wake(),
      onAlerts: () => alertsWake.wake(),
      onPlaybooks: () => playbooksWake.wake(),
      onProblem,
    });
    opened.defer(() => changes.close());
    const jobs = await openJobs(database, QUEUES, { onProblem });
    opened.defer(() => jobs.close(0));
    const assembly = await assemble(options, { database, jobs });
    opened.defer(() => assembly.pool.close());
    const close = () => opened.disposeAsync();
    const wakes = { wake, alertsWake, playbooksWake };
    return await begin(options, { database, changes, jobs, ...wakes, close, ...assembly });
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

interface Opened extends Assembly {
  readonly database: Database;
  readonly changes: ChangeFeed;
  readonly jobs: Jobs<WatchQueues>;
  readonly wake: Wake;
  readonly alertsWake: Wake;
  readonly playbooksWake: Wake;
  /** Closes all of it, what was opened last first. */
  readonly close: () => Promise<void>;
}

async function begin(options: WatchOptions, opened: Opened): Promise<RunningWatch> {
  const { settings, machine, onWarning } = options;
  const { database, changes, jobs, context, pool, hot, watched, take, sink, close } = opened;
  const ending = new AbortController();
  const { records } = context;
  const receive = await openSignedSources(settings.events, {
    records,
    sink,
    now: machine.now,
    meter: context.meter,
    onWarning,
  });
  await startInventory(settings, { records, jobs, context, machine });
  await expectDetectors(records, {
    events: settings.events,
    searches: settings.unmanaged,
    renews: options.renewRetentions !== undefined,
    now: machine.now(),
  });
  const { redeclare } = watched;
  await redeclare();
  work(jobs, context, settings);
  const declare = () => redeclare().catch((error: unknown) => onWarning(asWarning(error)));
  const stopDeclaring = machine.every(DECLARE_EVERY_MS, () => void declare());
  const { alerts = NOBODY } = options;
  const alertContext = alertContextOf(options, opened, alerts);
  const drifts = createDriftsInStacks(database);
  const playbookContext = openPlaybooks({ jobs, drifts, watch: context, alerts });
  workOnPlaybooks(jobs, playbookContext);
  const contexts = { alertContext, playbookContext };
  const running = runParts(options, { ...opened, ...contexts, alerts, declare, signal: ending.signal });
  return {
    context,
    database,
    jobs,
    pool,
    take,
    receive,
    ledger: servedLedgerOf(options.ledger, onWarning),
    alerts: servedAlerts(alertContext, alerts.partsOf, (wanted, requester) =>
      addException(context, wanted, requester),
    ),
    playbooks: servedPlaybooks(playbookContext),
    ...managed(options, { records, jobs, forget: watched.forget }),
    readiness: () => readinessOf(records, machine.now()),
    totals: () => totalsOf(records, jobs, machine.now()),
    gauges: () => gaugesOf(pool),
    redeclare,
    subscribe: (listener) => changes.subscribe(listener),
    failed: running.failed,
    async stop() {
      stopDeclaring();
      await jobs.close(STOP_GRACE_MS);
      ending.abort(new AnchorwatchError("job_interrupted", "The watch was stopped"));
      await running.ended;
      hot.close();
      await close();
    },
  };
}

function alertContextOf(
  { machine, onWarning }: WatchOptions,
  { database, watched, context: { records, rules } }: Opened,
  { settings, origin }: AlertsOptions,
): AlertContext {
  const { now, newId, elapsed } = machine;
  return {
    records: createAlertRecords(database),
    drifts: tellables(createDriftsInStacks(database), createUnmanagedInAccounts(database)),
    seenOf: (ids) => records.drifts.seenOf(ids),
    ownersOf: ownersFromFiles({
      elapsed,
      placeOf: ({ stack: { id, origin: from } }) => {
        const request = watched.foundOf(id)?.spec.request;
        if (request === undefined) return undefined;
        const root = from.kind === "repository" ? { root: request.workingDirectory } : {};
        return { folder: request.dir, ...root };
      },
    }),
    isBreakGlass: (actor) => rules.ofAccounts().policy.isBreakGlass(actor),
    ...{ settings, origin, now, newId, onWarning },
  };
}

interface Parts extends Opened {
  readonly alerts: AlertsOptions;
  readonly alertContext: AlertContext;
  readonly playbookContext: PlaybookContext;
  readonly declare: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** What goes on by itself until the signal aborts. */
function runParts(options: WatchOptions, given: Parts): RunningParts {
  const { settings, machine, ledger, declarations, renewRetentions: renew, onPublished, onWarning } = options;
  const { database, jobs, context, wake, sink, declare, watched, signal } = given;
  const { records } = context;
  const { now, sleep } = machine;
  const common = { database, onWarning, signal };
  const parts: Part[] = [
    { name: "the upkeep of repositories", running: declarations.run(signal, declare) },
    {
      name: "the ledger's publisher",
      running: runPublisher({ ...common, records, ledger, machine, wake, meter: context.meter, onPublished }),
    },
    {
      name: "the alerts",
      running: runAlerter({
        ...{ database, signal, sleep, random: machine.chance },
        ...{ context: given.alertContext, wake: given.alertsWake },
        ...{ partsOf: given.alerts.partsOf, onSettings: given.alerts.onSettings },
      }),
    },
    {
      name: "the playbooks",
      running: runPlaybooks({ context: given.playbookContext, wake: given.playbooksWake, sleep, signal }),
    },
    {
      name: "the scheduler",
      running: runScheduler({
        ...common,
        jobs,
        context,
        keep: settings.keep,
        sleep,
        lead: watched.lead,
        ...searchesOf(settings),
      }),
    },
    ...settings.events
      // Those that are posted to do not run.
      .filter(({ kind }) => kind !== "http")
      .map((source) => ({
        name: `the event source ${source.name}`,
        running: runSource(source, { ...common, records, machine, sink }),
      })),
    ...settings.events
      .filter((source) => source.kind === "trail")
      .filter(({ checkDigests }) => checkDigests)
      .map((trail) => ({
        name: `the digests of ${trail.name}`,
        running: runIntegrity(trail, { ...common, records, machine, meter: context.meter }),
      })),
  ];
  if (renew !== undefined)
    parts.push({
      name: "the renewal of retentions",
      running: runRenewals({ ...common, records, renew, now, sleep }),
    });
  return watchOver(parts, signal);
}

function searchesOf({ unmanaged }: WatchOptions["settings"]) {
  return unmanaged === undefined ? {} : { searchEveryMs: unmanaged.everyMs };
}

/** What people ask for. */
function managed(
  { settings, machine, declarations, sweepEveryMs }: WatchOptions,
  { records, jobs, forget }: Pick<ManagingOptions, "records" | "jobs"> & Pick<DeclaredStacks, "forget">,
): Pick<RunningWatch, "addStack" | "removeStack" | "checkNow"> {
  const managing: ManagingOptions = {
    records,
    jobs,
    now: machine.now,
    sweepEveryMs: sweepEveryMs ?? (() => settings.sweepEveryMs),
    specOf: (stack) => declarations.specOf(stack),
  };
  return {
    addStack: (wanted, requester) => addStack(wanted, requester, managing),
    async removeStack(id, requester) {
      const outcome = await removeStack(id, requester, managing);
      if (outcome === "removed") forget(id);
      return outcome;
    },
    checkNow: (id, addresses) => checkNow(id, addresses, managing),
  };
}
