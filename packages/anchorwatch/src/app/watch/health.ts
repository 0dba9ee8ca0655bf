/** How the watch itself does. */
import { messageOf } from "../../domain/errors.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import type { ProviderPool } from "../../terraform/provider/pool.ts";
import type { StackTotals, WatchRecords } from "../../watch/records.ts";
import { PUBLISHER } from "./ledgerPublisher.ts";
import type { WatchQueues } from "./queues.ts";

/** Of one part that has to work: what is wrong with it, in a sentence, or that nothing is. */
export type PartState = { readonly kind: "well" } | { readonly kind: "failing"; readonly problem: string };

export interface WatchReadiness {
  readonly database: PartState;
  readonly publisher: PartState;
}

const WELL: PartState = { kind: "well" };

/** Never rejects: what cannot be told is a problem. */
export async function readinessOf(records: WatchRecords, now: Date): Promise<WatchReadiness> {
  try {
    const publisher = await records.detectors.byName(PUBLISHER);
    if (publisher === undefined) return { database: WELL, publisher: failing("it has not begun yet") };
    if (publisher.problem !== undefined) return { database: WELL, publisher: failing(publisher.problem) };
    const age = now.getTime() - publisher.at.getTime();
    const isLate = age > publisher.expectedWithinMs;
    return {
      database: WELL,
      publisher: isLate ? failing(`it gave no sign of life for ${Math.round(age / 1000)} s`) : WELL,
    };
  } catch (error) {
    return { database: failing(messageOf(error)), publisher: failing("the database does not tell") };
  }
}

function failing(problem: string): PartState {
  return { kind: "failing", problem };
}

export interface WatchTotals extends StackTotals {
  readonly detectors: { readonly alive: number; readonly dead: number };
  readonly outbox: { readonly entries: number; readonly oldestAt?: Date };
  /** Jobs that wait, by queue. */
  readonly queues: { readonly [queue: string]: number };
  /** Jobs that failed for good, by queue. */
  readonly deadJobs: { readonly [queue: string]: number };
}

/** @throws AnchorwatchError `database_*` */
export async function totalsOf(
  records: WatchRecords,
  jobs: Jobs<WatchQueues>,
  now: Date,
): Promise<WatchTotals> {
  const [totals, detectors, outbox, depths] = await Promise.all([
    records.stacks.totals(),
    records.detectors.totals(now),
    records.outbox.backlog(),
    jobs.depths(),
  ]);
  const queues = Object.fromEntries(depths.map(({ queue, ready, waiting }) => [queue, ready + waiting]));
  const deadJobs = Object.fromEntries(depths.map(({ queue, dead }) => [queue, dead]));
  return { ...totals, detectors, outbox, queues, deadJobs };
}

export interface WatchGauges {
  readonly providerProcesses: number;
  readonly providerMemoryBytes: number;
}

/** Of this process. */
export function gaugesOf(pool: ProviderPool): WatchGauges {
  const running = pool.status();
  return {
    providerProcesses: running.length,
    providerMemoryBytes: running.reduce((sum, { memory }) => sum + memory, 0),
  };
}
