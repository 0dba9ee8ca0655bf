/**
 * The few statements about jobs for which pg-boss has no call: they tell one attempt of a job from the next, and merge what is sent.
 * They know columns of its table `job`, so the version of pg-boss is pinned.
 */
import { sql } from "kysely";
import type { JsonObject } from "../domain/jsonValue.ts";
import type { Sql } from "../store/sql.ts";
import { storable, stored } from "../store/text.ts";
import type { DeadLetter, QueueDepth } from "./jobs.ts";

export const SCHEMA = "anchorwatch_jobs";

const JOB = sql.table(`${SCHEMA}.job`);
export const CHANNEL = "anchorwatch_jobs";

/** One attempt: the same job, taken again, has a higher count. */
export interface Attempt {
  readonly queue: string;
  readonly id: string;
  readonly retryCount: number;
}

const TABLE = sql.table(`${SCHEMA}.job_common`);

const INDEXES = {
  anchorwatch_queued: sql`
    CREATE INDEX anchorwatch_queued ON ${TABLE} (name, singleton_key) WHERE state < 'active'`,
  /** pg-boss itself lets two jobs of one key be active when one was queued and one waited for its retry. */
  anchorwatch_one_active: sql`
    CREATE UNIQUE INDEX anchorwatch_one_active ON ${TABLE} (name, singleton_key) WHERE state = 'active'`,
  anchorwatch_dead: sql`
    CREATE INDEX anchorwatch_dead ON ${TABLE} (name, singleton_key) WHERE state = 'failed'`,
};

/** Those that are there are left alone: even `IF NOT EXISTS` waits for whoever writes to the table. */
export async function addIndexes(db: Sql): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    SELECT indexname AS name FROM pg_indexes WHERE schemaname = ${SCHEMA}`.execute(db);
  const there = new Set(rows.map(({ name }) => name));
  for (const [name, create] of Object.entries(INDEXES)) if (!there.has(name)) await create.execute(db);
}

/**
 * Gives the keys of which a job is queued. Those jobs cannot be taken before the transaction ends: whoever takes one sees what it was sent for.
 */
export async function mergeInto(
  db: Sql,
  queue: string,
  keys: readonly string[],
  startAfter: Date | undefined,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ key: string }>`
    WITH queued AS MATERIALIZED (
      SELECT id, singleton_key FROM ${JOB}
      WHERE name = ${queue} AND singleton_key = ANY (${keys.map(storable)}::text[]) AND state < 'active'
      ORDER BY singleton_key, id FOR UPDATE
    ), moved AS (
      UPDATE ${JOB} job SET start_after = coalesce(${startAfter ?? null}::timestamptz, now())
      FROM queued WHERE job.name = ${queue} AND job.id = queued.id AND job.state = 'created'
        AND job.start_after > coalesce(${startAfter ?? null}::timestamptz, now())
    )
    SELECT DISTINCT singleton_key AS key FROM queued`.execute(db);
  return new Set(rows.map(({ key }) => stored(key)));
}

/** Heard when the transaction is committed. */
export async function wake(db: Sql, queue: string): Promise<void> {
  await sql`SELECT pg_notify(${CHANNEL}, ${queue})`.execute(db);
}

/** False when another attempt may be under way. Nobody takes the job from us before the transaction ends. */
export async function holdAttempt(db: Sql, attempt: Attempt): Promise<boolean> {
  const { rows } = await sql`SELECT FROM ${JOB} WHERE ${isOurs(attempt)} FOR UPDATE`.execute(db);
  return rows.length === 1;
}

export async function beatFor(db: Sql, attempt: Attempt): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE ${JOB} SET heartbeat_on = now() WHERE ${isOurs(attempt)}`.execute(db);
  return numAffectedRows === 1n;
}

/** Leaves nothing behind: a job that went well is of no interest, and what failed before of its key is made up for. */
export async function finishAttempt(db: Sql, attempt: Attempt): Promise<boolean> {
  const { rows } = await sql`
    WITH done AS (DELETE FROM ${JOB} WHERE ${isOurs(attempt)} RETURNING singleton_key), made_up_for AS (
      DELETE FROM ${JOB} job USING done
      WHERE job.name = ${attempt.queue} AND job.state = 'failed' AND job.singleton_key = done.singleton_key
    )
    SELECT FROM done`.execute(db);
  return rows.length === 1;
}

export async function removeAttempt(db: Sql, attempt: Attempt): Promise<boolean> {
  const { numAffectedRows } = await sql`DELETE FROM ${JOB} WHERE ${isOurs(attempt)}`.execute(db);
  return numAffectedRows === 1n;
}

function isOurs({ queue, id, retryCount }: Attempt) {
  return sql`name = ${queue} AND id = ${id}::uuid AND state = 'active' AND retry_count = ${retryCount}`;
}

/** Of jobs of the same key that wait. */
export async function hasRetry(db: Sql, queue: string, key: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM ${JOB} WHERE name = ${queue} AND singleton_key = ${storable(key)} AND state = 'retry' LIMIT 1`.execute(
    db,
  );
  return rows.length > 0;
}

export async function removeCreated(db: Sql, queue: string, key: string): Promise<void> {
  await sql`
    DELETE FROM ${JOB} WHERE name = ${queue} AND singleton_key = ${storable(key)} AND state = 'created'`.execute(
    db,
  );
}

interface DeadRow {
  readonly queue: string;
  readonly id: string;
  readonly key: string;
  readonly data: JsonObject;
  readonly attempts: number;
  readonly failedAt: Date;
  readonly output: unknown;
}

export async function selectDead(
  db: Sql,
  queues: readonly string[],
  limit: number,
): Promise<readonly DeadLetter[]> {
  const { rows } = await sql<DeadRow>`
    SELECT name AS queue, id, coalesce(singleton_key, '') AS key, data, retry_count + 1 AS attempts,
      completed_on AS "failedAt", output
    FROM ${JOB} WHERE name = ANY (${queues}::text[]) AND state = 'failed'
    ORDER BY completed_on DESC, id LIMIT ${limit}`.execute(db);
  return rows.map(({ output, key, ...row }) => ({ ...row, key: stored(key), error: errorOf(output) }));
}

/** pg-boss wraps what is no object, and its own messages. */
function errorOf(output: unknown): DeadLetter["error"] {
  if (typeof output !== "object" || output === null) return { message: "unknown" };
  if ("value" in output) return errorOf(output.value);
  const message = "message" in output && typeof output.message === "string" ? output.message : "unknown";
  return "code" in output && typeof output.code === "string" ? { code: output.code, message } : { message };
}

interface DepthRow extends Omit<QueueDepth, "oldestReadyAt"> {
  readonly oldestReadyAt: Date | null;
}

/** Those that are done, far more than all others, are not even read: each condition is that of an index. */
export async function selectDepths(db: Sql, queues: readonly string[]): Promise<readonly QueueDepth[]> {
  const { rows } = await sql<DepthRow>`
    SELECT q.name AS queue,
      count(*) FILTER (WHERE state < 'active' AND start_after <= now()) AS ready,
      count(*) FILTER (WHERE state < 'active' AND start_after > now()) AS waiting,
      count(*) FILTER (WHERE state = 'active') AS active,
      count(*) FILTER (WHERE state = 'failed') AS dead,
      min(start_after) FILTER (WHERE state < 'active' AND start_after <= now()) AS "oldestReadyAt"
    FROM unnest(${queues}::text[]) AS q(name) LEFT JOIN ${JOB} job
      ON job.name = q.name AND (state < 'active' OR state = 'active' OR state = 'failed')
    GROUP BY q.name ORDER BY q.name`.execute(db);
  return rows.map(({ oldestReadyAt, ...row }) => (oldestReadyAt === null ? row : { ...row, oldestReadyAt }));
}
