/** The retentions of a ledger under Object Lock are extended every day, by one of all processes. That it did not happen is an alarm. */
import { messageOf, type Warning } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { whileElected } from "../../jobs/election.ts";
import type { RenewalReport } from "../../ledger/storage/s3/renewRetention.ts";
import { LEDGER_ACTOR } from "../../ledger/writer/ownEntries.ts";
import type { Database } from "../../store/connect.ts";
import type { OutboxEntry, WatchRecords } from "../../watch/records.ts";
import { asWarning } from "./inOurWords.ts";

/** Extends what is due, once. Stopped by the signal, what was done is kept. @throws AnchorwatchError `ledger_*` */
export type RenewRetentions = (signal: AbortSignal) => Promise<RenewalReport>;

export interface RenewalOptions {
  readonly records: Pick<WatchRecords, "detectors" | "transaction">;
  readonly renew: RenewRetentions;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly onWarning: (warning: Warning) => void;
  readonly signal: AbortSignal;
}

/** The name of its detector. */
export const RETENTIONS = "retentions";

const DAY_MS = 24 * 3_600_000;
/** So long without a renewal that went well is an alarm. */
export const RETENTIONS_PATIENCE_MS = 2 * DAY_MS;
const RETRY_MS = 10 * 60_000;
const LOOK_MS = 3_600_000;

/** Until the signal aborts. */
export async function runRenewals(options: RenewalOptions & { readonly database: Database }): Promise<void> {
  const { database, signal, onWarning } = options;
  await whileElected(database, RETENTIONS, (elected) => renewDaily({ ...options, signal: elected }), {
    signal,
    onProblem: (problem) => onWarning(asWarning(problem)),
  });
}

/** A day after it went well last, whichever process did it. */
async function renewDaily(options: RenewalOptions): Promise<void> {
  const { now, sleep, signal, onWarning } = options;
  let doneAt: Date | undefined;
  while (!signal.aborted) {
    try {
      doneAt ??= await lastTime(options);
      const left = doneAt === undefined ? 0 : doneAt.getTime() + DAY_MS - now().getTime();
      if (left > 0) await sleep(Math.min(left, LOOK_MS), signal);
      else doneAt = (await renewOnce(options)) ? now() : doneAt;
    } catch (error) {
      if (signal.aborted) return;
      onWarning(asWarning(error));
      await failed(options, messageOf(error));
      await sleep(RETRY_MS, signal);
    }
  }
}

async function lastTime({ records }: RenewalOptions): Promise<Date | undefined> {
  return (await records.detectors.byName(RETENTIONS))?.wellAt;
}

/** False when it was stopped. */
async function renewOnce({ records, renew, now, signal }: RenewalOptions): Promise<boolean> {
  const startedAt = now();
  const report = await renew(signal);
  const { finished, behind } = report;
  const problem = behind ? { problem: lateness(report) } : {};
  await records.transaction(async (inside) => {
    if (report.renewed > 0) await inside.outbox.put([renewedEntry(report, startedAt)]);
    if (finished) await inside.detectors.beat({ ...sign(now()), ...problem });
  });
  return finished;
}

function lateness({ ended }: RenewalReport): string {
  return ended > 0
    ? `The retention of ${ended} objects of the ledger had ended before it was renewed: they could have been deleted. Verify the ledger.`
    : "Retentions of the ledger were close to their end before they were renewed.";
}

async function failed({ records, now, onWarning }: RenewalOptions, problem: string): Promise<void> {
  try {
    await records.detectors.beat({ ...sign(now()), problem });
  } catch (error) {
    // Without a database nobody can be told; that no renewal went well is the alarm.
    onWarning(asWarning(error));
  }
}

function sign(at: Date) {
  return { name: RETENTIONS, at, expectedWithinMs: RETENTIONS_PATIENCE_MS };
}

function renewedEntry({ renewed, renewedUntil }: RenewalReport, startedAt: Date): OutboxEntry {
  const kind = "ledger.retention_renewed";
  const id = `${kind}:${startedAt.getTime()}`;
  const data: JsonObject = { objects: renewed, until: renewedUntil.toISOString() };
  const entry = { id, kind, time: startedAt.toISOString(), actor: { ...LEDGER_ACTOR }, data };
  return { id, entry, content: [] };
}
