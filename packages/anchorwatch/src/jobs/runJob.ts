/** One attempt of one job: under its lease, with its outcome written only while the lease is ours. */
import type { JobWithMetadata, PgBoss } from "pg-boss";
import { AnchorwatchError, messageOf } from "../domain/errors.ts";
import type { JsonObject } from "../domain/jsonValue.ts";
import type { Sql } from "../store/sql.ts";
import { stored } from "../store/text.ts";
import { inTransaction } from "../store/transaction.ts";
import { connectionOf } from "../store/watchRecords.ts";
import type { WatchRecords } from "../watch/records.ts";
import { dbOf } from "./bossDatabase.ts";
import type { Handler } from "./jobs.ts";
import {
  type Attempt,
  beatFor,
  finishAttempt,
  hasRetry,
  holdAttempt,
  removeAttempt,
  removeCreated,
} from "./rows.ts";

export interface Workshop {
  readonly boss: PgBoss;
  readonly db: Sql;
  /** Milliseconds without a sign of life after which another process gets the job. */
  readonly leaseMs: number;
  /** Jobs whose time comes, and those of which no message arrived, are found by asking so often. */
  readonly pollMs: number;
  readonly onProblem: (problem: unknown) => void;
}

export async function runJob(
  workshop: Workshop,
  job: JobWithMetadata<JsonObject>,
  handler: Handler<JsonObject>,
  abort: AbortController,
): Promise<void> {
  const attempt: Attempt = { queue: job.name, id: job.id, retryCount: job.retryCount };
  const stopBeating = keepLease(workshop, attempt, abort);
  const key = stored(job.singletonKey ?? "");
  try {
    const failure = await outcomeOf(() =>
      handler({
        id: job.id,
        key,
        data: job.data,
        attempt: job.retryCount + 1,
        signal: abort.signal,
        hold: (records) => hold(attempt, records),
      }),
    );
    if (failure === undefined) await succeed(workshop, attempt);
    else await fail(workshop, attempt, key, failure.error, job.retryLimit);
  } catch (error) {
    workshop.onProblem(error); // The database is away: the lease runs out, and the job is done again.
  } finally {
    stopBeating();
  }
}

async function outcomeOf(work: () => Promise<void>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return { error };
  }
}

/** Gives what ends it. A database that says nothing at all is as bad as one that fails: both times others may have the job. */
function keepLease({ db, leaseMs }: Workshop, attempt: Attempt, abort: AbortController): () => void {
  let unansweredSince: number | undefined;
  const beat = async () => {
    unansweredSince ??= performance.now();
    const isOurs = await beatFor(db, attempt);
    unansweredSince = undefined;
    if (!isOurs) abort.abort(leaseLost(attempt));
  };
  const timer = setInterval(() => {
    const isLate = unansweredSince !== undefined && performance.now() - unansweredSince > leaseMs;
    if (isLate) abort.abort(leaseLost(attempt));
    else beat().catch(() => {}); // It stays unanswered.
  }, leaseMs / 3);
  return () => clearInterval(timer);
}

function leaseLost({ queue, id }: Attempt): AnchorwatchError {
  return new AnchorwatchError(
    "job_lease_lost",
    `The job ${id} of the queue ${queue} gave no sign of life in time, and may be with another process.`,
  );
}

async function hold(attempt: Attempt, records: WatchRecords): Promise<void> {
  const db = connectionOf(records);
  if (db === undefined)
    throw new AnchorwatchError("internal", "A job is held in records that are not the store's.");
  if (!(await holdAttempt(db, attempt))) throw leaseLost(attempt);
}

async function succeed({ db, onProblem }: Workshop, attempt: Attempt): Promise<void> {
  if (!(await finishAttempt(db, attempt))) onProblem(leaseLost(attempt));
}

/**
 * Of one key, one job waits: where another waits for its next attempt, that one stands for this; where one was sent meanwhile, this one
 * stands for that, so that a stack which fails is not tried again at once with every event.
 */
async function fail(
  { boss, db, onProblem }: Workshop,
  attempt: Attempt,
  key: string,
  error: unknown,
  retryLimit: number,
): Promise<void> {
  await inTransaction(db, async (transaction) => {
    if (!(await holdAttempt(transaction, attempt))) return onProblem(leaseLost(attempt));
    if (await hasRetry(transaction, attempt.queue, key)) {
      await removeAttempt(transaction, attempt);
      return;
    }
    if (attempt.retryCount < retryLimit) await removeCreated(transaction, attempt.queue, key);
    await boss.fail(attempt.queue, attempt.id, described(error), { db: dbOf(transaction) });
  });
}

/** Without stack and cause, which nobody masked. */
function described(error: unknown): { code?: string; message: string } {
  const message = messageOf(error);
  return error instanceof AnchorwatchError ? { code: error.code, message } : { message };
}
