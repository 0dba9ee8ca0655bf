/** What the use cases of the watch work with, put together for this process. */
import type { IdentityRule } from "../../activity/identities.ts";
import type { EventSink } from "../../activity/sources/source.ts";
import type { Warning } from "../../domain/errors.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import { fingerprint } from "../../ledger/entry/fingerprint.ts";
import type { Database } from "../../store/connect.ts";
import { createWatchRecords } from "../../store/watchRecords.ts";
import type { OpenProvider } from "../../terraform/provider/open.ts";
import type { ProviderPool } from "../../terraform/provider/pool.ts";
import { NO_METER, type WatchMeter } from "../../watch/meter.ts";
import { prepareLedger, readFingerprintKey, type WritableLedger } from "../ledger/writableLedger.ts";
import { NO_RULES } from "../policy/noRules.ts";
import { type RulesFor, rulesInForce } from "../policy/rulesInForce.ts";
import { type DeclaredStacks, declaredStacks } from "./declaredStacks.ts";
import type { Declarations } from "./declaring.ts";
import { openProviderPool } from "./providerPool.ts";
import type { WatchQueues } from "./queues.ts";
import { searchingTrails } from "./searching.ts";
import { createHotStacks, type HotStacks } from "./stacks/hotStacks.ts";
import { type Take, taking } from "./taking.ts";
import type { WatchContext } from "./watchContext.ts";
import type { WatchMachine } from "./watchMachine.ts";
import type { WatchSettings } from "./watchSettings.ts";

export interface AssemblyOptions {
  readonly settings: WatchSettings;
  readonly ledger: WritableLedger;
  readonly machine: WatchMachine;
  readonly declarations: Declarations;
  /** Those that are in force at the moment; absent: those of the settings. */
  readonly identities?: () => readonly IdentityRule[];
  /** Absent: there are no rules. */
  readonly rules?: RulesFor;
  readonly meter?: WatchMeter;
  /** Put around every provider that is opened: for who measures. */
  readonly around?: (open: OpenProvider) => OpenProvider;
  readonly onWarning: (warning: Warning) => void;
}

export interface Assembly {
  readonly context: WatchContext;
  readonly pool: ProviderPool;
  readonly hot: HotStacks;
  readonly watched: DeclaredStacks;
  readonly take: Take;
  readonly sink: EventSink;
}

const HOT_STACK_BYTES = 256 * 1024 * 1024;

/** @throws AnchorwatchError `ledger_*` */
export async function assemble(
  options: AssemblyOptions,
  { database, jobs }: { readonly database: Database; readonly jobs: Jobs<WatchQueues> },
): Promise<Assembly> {
  const { settings, machine, ledger, declarations, onWarning, around = (open) => open } = options;
  const { meter = NO_METER, identities = () => settings.identities, rules: rulesOf = NO_RULES } = options;
  const { now, newId, chance: random } = machine;
  await prepareLedger(ledger, machine);
  const key = await readFingerprintKey(ledger);
  const pool = openProviderPool(settings.limits, machine);
  const hot = createHotStacks({ machine, open: around(pool.open) }, HOT_STACK_BYTES);
  const records = createWatchRecords(database);
  const watched = declaredStacks({
    ...{ declarations, records, hot, now, random, onWarning, rules: rulesOf },
    fingerprint: (where, secret) => fingerprint(key, where, secret),
  });
  const deliverers = settings.stacks.flatMap(({ delivery }) => delivery.principals);
  const searches = settings.unmanaged === undefined ? {} : { searches: { deliverers } };
  const take = taking({ records, jobs, meter, ...searches, onWarning });
  const sink: EventSink = async (batch, { source, receivedAt }) => {
    await take(source, batch, receivedAt);
  };
  const { newS3Client } = machine;
  const searchTrails = searchingTrails({ events: settings.events, newS3Client, take, now, onWarning });
  const { stacks } = watched;
  const rules = rulesInForce(rulesOf, (id) => watched.foundOf(id));
  const context: WatchContext = {
    ...{ records, stacks, identities, rules, meter, now, newId, random, searchTrails, onWarning },
  };
  return { context, pool, hot, watched, take, sink };
}
