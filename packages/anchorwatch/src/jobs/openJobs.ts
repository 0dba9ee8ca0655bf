/** Jobs on pg-boss: it keeps them, retries them, and takes them from processes that vanished. */
import { Kysely, PostgresDialect } from "kysely";
import { PgBoss } from "pg-boss";
import { AnchorwatchError, messageOf } from "../domain/errors.ts";
import type { JsonObject } from "../domain/jsonValue.ts";
import type { Database } from "../store/connect.ts";
import { databaseError } from "../store/databaseError.ts";
import { createPool, type Pool, type Target } from "../store/pool.ts";
import type { Sql } from "../store/sql.ts";
import { digestOf, storable } from "../store/text.ts";
import { inTransaction } from "../store/transaction.ts";
import { connectionOf } from "../store/watchRecords.ts";
import { dbOf, dbOfPool } from "./bossDatabase.ts";
import { connectAlone, endQuietly } from "./dedicatedClient.ts";
import type { Jobs, Queue, Queues, SendOptions } from "./jobs.ts";
import { addIndexes, mergeInto, SCHEMA, selectDead, selectDepths, wake } from "./rows.ts";
import { listenForJobs } from "./wakeups.ts";
import { QueueWorker } from "./worker.ts";

export interface JobsOptions {
  /** Told of what goes wrong beside the calls: a lost connection, a job whose lease was lost. */
  readonly onProblem: (problem: AnchorwatchError) => void;
  /** Seconds without a sign of life after which a job is given to another process; 15 when absent, 10 at least. */
  readonly lease?: number;
  /** Seconds between two searches for such jobs, by one of the processes; 5 when absent. */
  readonly supervision?: number;
  /** Milliseconds between two looks for jobs of which no message came; 1,000 when absent. */
  readonly pollMs?: number;
}

const LEASE = 15;
const SUPERVISION = 5;
const POLL_MS = 1_000;
const CONNECTIONS = 4;

/** @throws AnchorwatchError `database_…`, `job_queue_failed` */
export async function openJobs<All extends Queues>(
  database: Database,
  queues: All,
  options: JobsOptions,
): Promise<Jobs<All>> {
  const onProblem = (problem: unknown) => options.onProblem(databaseError(problem, database.name));
  // That a job was taken, or is done, may be forgotten in a crash: it is done again. That it was sent may not.
  const pool = createPool(database.target, CONNECTIONS, true);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: pool.kysely }) });
  const boss = await startBoss({ pool, db, target: database.target }, queues, options, onProblem).catch(
    ending(pool),
  );
  const end = async () => {
    await stopBoss(boss);
    await pool.end();
  };
  const wakeups = await listenForJobs(database.target, onProblem).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  const { lease = LEASE, pollMs = POLL_MS } = options;
  const workshop = { boss, db, leaseMs: lease * 1_000, pollMs, onProblem };
  const workers = new Set<QueueWorker>();
  const names = Object.keys(queues);
  const jobs: Jobs<All> = {
    send: (name, key, data, sending) => sendJobs(boss, database.kysely, name, [{ key, data }], sending),
    sendAll: (name, wanted, sending) => sendJobs(boss, database.kysely, name, wanted, sending),
    work: (name, { concurrency }, handler) => {
      const hear = (listener: () => void) => wakeups.on(name, listener);
      const worker = new QueueWorker(workshop, name, concurrency, (job) => handler(job as never), hear);
      workers.add(worker);
      return worker;
    },
    schedule: (name, key, cron, data) =>
      said(() => boss.schedule(name, cron, data, { ...placed(key), key: scheduleKey(key) }), database.name),
    unschedule: (name, key) => said(() => boss.unschedule(name, scheduleKey(key)), database.name),
    deadLetters: (limit) => selectDead(db, names, limit),
    revive: async ({ queue, id }) => {
      await said(() => boss.retry(queue, id), database.name);
      await wake(db, queue);
    },
    depths: () => selectDepths(db, names),
    close: (graceMs) => {
      closed ??= close(graceMs);
      return closed;
    },
  };
  let closed: Promise<void> | undefined;
  const close = async (graceMs: number | undefined) => {
    await Promise.all([...workers].map((worker) => worker.stop(graceMs)));
    await wakeups.close();
    await end();
  };
  return jobs;
}

/** Closes the pool, and throws on. */
function ending(pool: Pool): (error: unknown) => Promise<never> {
  return async (error) => {
    await pool.end();
    throw error;
  };
}

interface Place {
  readonly pool: Pool;
  readonly db: Sql;
  readonly target: Target;
}

async function startBoss(
  { pool, db, target }: Place,
  queues: Queues,
  { lease = LEASE, supervision = SUPERVISION }: JobsOptions,
  onProblem: (problem: unknown) => void,
): Promise<PgBoss> {
  const boss = new PgBoss({
    db: dbOfPool(pool),
    schema: SCHEMA,
    superviseIntervalSeconds: supervision,
    monitorIntervalSeconds: supervision,
    maintenanceIntervalSeconds: 3_600,
    warningQueueSize: 1_000_000,
  });
  boss.on("error", onProblem);
  // Its tables cannot be made by two processes at once.
  const alone = await connectAlone(target, "jobs");
  try {
    await alone.query("SELECT pg_advisory_lock(hashtextextended('anchorwatch jobs', 0))");
    await boss.start();
    for (const [name, queue] of Object.entries(queues)) await setUp(boss, name, queue, lease);
    await addIndexes(db);
    return boss;
  } catch (error) {
    await stopBoss(boss);
    throw databaseError(error, target.name);
  } finally {
    await endQuietly(alone);
  }
}

async function setUp(boss: PgBoss, name: string, queue: Queue<JsonObject>, lease: number): Promise<void> {
  const settings = {
    retryLimit: queue.retries,
    retryDelay: queue.firstPause,
    retryBackoff: true,
    retryDelayMax: queue.longestPause,
    expireInSeconds: queue.timeLimit,
    heartbeatSeconds: lease,
    // Those that went well are removed at once; this is for dead letters.
    deleteAfterSeconds: 14 * 86_400,
  };
  await boss.createQueue(name, { policy: "short", ...settings });
  await boss.updateQueue(name, settings);
}

async function stopBoss(boss: PgBoss): Promise<void> {
  await boss.stop({ graceful: false, close: false });
}

/** A key is a group as well: of a group, one job is under way. */
function placed(key: string): { singletonKey: string; group: { id: string } } {
  return { singletonKey: storable(key), group: { id: storable(key) } };
}

/** pg-boss allows few characters in these. */
function scheduleKey(key: string): string {
  return digestOf(key).toString("hex");
}

/** Others may take or send one of them between our statements. */
const ATTEMPTS = 20;

async function sendJobs(
  boss: PgBoss,
  pool: Sql,
  queue: string,
  jobs: readonly { readonly key: string; readonly data: JsonObject }[],
  { startAfter, within }: SendOptions = {},
): Promise<void> {
  const db = within === undefined ? pool : connectionOf(within);
  if (db === undefined)
    throw new AnchorwatchError("internal", "A job is sent within records that are not the store's.");
  await inTransaction(db, async (transaction) => {
    // Sorted, so that two that send the same never wait for each other both ways.
    let left = [...jobs].sort((a, b) => (a.key < b.key ? -1 : 1));
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === ATTEMPTS)
        throw new AnchorwatchError(
          "job_queue_failed",
          `A job could not be put into the queue ${queue}: others were always faster.`,
        );
      const queued = await mergeInto(
        transaction,
        queue,
        left.map(({ key }) => key),
        startAfter,
      );
      left = left.filter(({ key }) => !queued.has(key));
      const unsent: typeof left = [];
      for (const job of left)
        if (!(await insert(boss, transaction, queue, job, startAfter))) unsent.push(job);
      left = unsent;
    }
    await wake(transaction, queue);
  });
}

async function insert(
  boss: PgBoss,
  db: Sql,
  queue: string,
  { key, data }: { readonly key: string; readonly data: JsonObject },
  startAfter: Date | undefined,
): Promise<boolean> {
  const options = { ...placed(key), ...(startAfter === undefined ? {} : { startAfter }), db: dbOf(db) };
  return (await boss.send(queue, data, options)) !== null;
}

/** The driver's errors carry a code; those of pg-boss itself are about what it was given. */
async function said<Result>(work: () => Promise<Result>, name: string): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code !== "ERR_ASSERTION")
      throw databaseError(error, name);
    throw new AnchorwatchError("job_queue_failed", `The queue of jobs refused a call: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
