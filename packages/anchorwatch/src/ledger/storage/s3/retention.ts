/** How long the objects of a log cannot be deleted by anybody. */
import { AnchorwatchError } from "../../../domain/errors.ts";

export interface Retention {
  /** Of each object from its writing or renewal, in days of 24 hours. The mode is always COMPLIANCE. */
  readonly days: number;
  /** How long before its end a retention is renewed, in days. At least a day, and less than `days`. */
  readonly renewBeforeDays: number;
}

const DAY_MS = 86_400_000;
/** One to live, and one to be renewed in. */
const MIN_DAYS = 2;
/** S3's own limit. */
const MAX_DAYS = 36_500;

/** @throws AnchorwatchError `ledger_retention_invalid` */
export function checkRetention({ days, renewBeforeDays }: Retention): void {
  if (!Number.isInteger(days) || days < MIN_DAYS || days > MAX_DAYS) {
    throw invalid(`expected a whole number of days from ${MIN_DAYS} to ${MAX_DAYS}, found ${days}`);
  }
  if (!(renewBeforeDays >= 1 && renewBeforeDays < days)) {
    throw invalid(`a retention of ${days} days cannot be renewed ${renewBeforeDays} days before its end`);
  }
}

export function retainUntil({ days }: Pick<Retention, "days">, now: Date): Date {
  return addDays(now, days);
}

export function addDays(date: Date, days: number): Date {
  return new Date(date.getTime() + days * DAY_MS);
}

function invalid(why: string): AnchorwatchError {
  const hint =
    "Renewal begins at least one day before the end, such as after 300 of 365 days: days 365, renewBeforeDays 65.";
  return new AnchorwatchError("ledger_retention_invalid", `The ledger's retention is wrong: ${why}`, {
    hint,
  });
}
