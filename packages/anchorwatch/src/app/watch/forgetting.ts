/** What grows with time is forgotten one day. Drifts with their history are not, nor is the ledger, which is the evidence. */
import type { WatchRecords } from "../../watch/records.ts";

/** How long, in milliseconds. */
export interface KeepSettings {
  /** Events that touched nothing that a stack knows. */
  readonly candidatesMs: number;
  /** Events that touched something. */
  readonly eventsMs: number;
  readonly checksMs: number;
}

const DAY_MS = 24 * 3_600_000;

export const DEFAULT_KEEP: KeepSettings = {
  candidatesMs: 30 * DAY_MS,
  eventsMs: 400 * DAY_MS,
  checksMs: 400 * DAY_MS,
};

/** @throws AnchorwatchError `database_*` */
export async function forgetOld(
  { events, checks }: Pick<WatchRecords, "events" | "checks">,
  keep: KeepSettings,
  now: Date,
): Promise<void> {
  const before = (age: number) => new Date(now.getTime() - age);
  await events.forgetCandidates(before(keep.candidatesMs));
  await events.forgetTouching(before(keep.eventsMs));
  await checks.forget(before(keep.checksMs));
}
