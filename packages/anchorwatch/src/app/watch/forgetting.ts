/** What grows with time is forgotten one day. Drifts with their history are not, nor is the ledger, which is the evidence. */
import type { KeptAlerts } from "../../alerts/records.ts";
import type { WatchRecords } from "../../watch/records.ts";

/** How long, in milliseconds. */
export interface KeepSettings {
  /** Events that touched nothing that a stack knows. */
  readonly candidatesMs: number;
  /** Events that touched something. */
  readonly eventsMs: number;
  /** Checks, what playbooks did, and alerts that are over. */
  readonly checksMs: number;
}

/** Of runs of playbooks, whatever a storm sets in motion: each is as large as its steps. */
const MOST_RUNS = 200_000;

const DAY_MS = 24 * 3_600_000;

export const DEFAULT_KEEP: KeepSettings = {
  candidatesMs: 30 * DAY_MS,
  eventsMs: 400 * DAY_MS,
  checksMs: 400 * DAY_MS,
};

/** @throws AnchorwatchError `database_*` */
export async function forgetOld(
  { events, checks, playbooks }: Pick<WatchRecords, "events" | "checks" | "playbooks">,
  alerts: Pick<KeptAlerts, "forget">,
  keep: KeepSettings,
  now: Date,
): Promise<void> {
  const before = (age: number) => new Date(now.getTime() - age);
  await events.forgetCandidates(before(keep.candidatesMs));
  await events.forgetTouching(before(keep.eventsMs));
  await checks.forget(before(keep.checksMs));
  await playbooks.forget(before(keep.checksMs), MOST_RUNS);
  await playbooks.calls.forget(before(keep.checksMs));
  await alerts.forget(before(keep.checksMs));
}
