/** The database: the server that `DATABASE_URL` names, or the embedded one. */
import { setTimeout as delay } from "node:timers/promises";
import { Kysely, type Migration, PostgresDialect } from "kysely";
import pg from "pg";
import { AnchorwatchError, type Warning } from "../domain/errors.ts";
import { databaseError } from "./databaseError.ts";
import { type EmbeddedServer, openEmbeddedServer } from "./embedded/embeddedServer.ts";
import { inspectServer } from "./inspectServer.ts";
import { migrate } from "./migrations/migrate.ts";
import { createPool, type Pool, type Target } from "./pool.ts";
import type { Sql } from "./sql.ts";
import { COMMON, targetOf } from "./target.ts";

export interface DatabaseOptions {
  /** `DATABASE_URL`. Undefined: the embedded server is used, and started where it does not run. */
  readonly url: string | undefined;
  /** Of the embedded server; absolute. */
  readonly folder: string;
  /** Ours, as the system numbers it: the embedded server never runs as root. */
  readonly userId: number | undefined;
  /** Connections at most; 10 when absent. */
  readonly connections?: number;
  /** So long a server of `url` is waited for that cannot be reached yet, in milliseconds; absent: not at all. */
  readonly patienceMs?: number;
  /** Told when that wait begins, and when the embedded server died and cannot be started again. */
  readonly onProblem?: (problem: AnchorwatchError) => void;
  /** Instead of all that there are: for tests of an older version. */
  readonly migrations?: Readonly<Record<string, Migration>>;
}

/** Only `store` and `jobs` look into it. */
export interface Database {
  readonly kysely: Sql;
  readonly pool: Pool;
  readonly target: Target;
  /** For people, without password. */
  readonly name: string;
  readonly warnings: readonly Warning[];
  /** Ends the connections, and the embedded server unless another process uses it. */
  close(): Promise<void>;
}

/**
 * Connects, and brings the tables to this version.
 * @throws AnchorwatchError `database_…`; after it is open, every call on it may throw `database_unreachable`, and works again when the
 *   server is back
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const server = options.url === undefined ? await openServer(options) : undefined;
  try {
    const target =
      server === undefined ? targetOf(options.url ?? "") : await embeddedTarget(server, options.folder);
    return await patiently(options, () => connect(target, options, server));
  } catch (error) {
    await server?.stop();
    throw error;
  }
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** A machine that starts both does so in any order. */
async function patiently<Result>(
  { patienceMs = 0, onProblem = () => {} }: DatabaseOptions,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const end = performance.now() + patienceMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      const isAway = error instanceof AnchorwatchError && error.code === "database_unreachable";
      if (!isAway || performance.now() + pause > end) throw error;
      if (pause === FIRST_PAUSE_MS) onProblem(error);
      await delay(pause);
    }
  }
}

function openServer({ folder, userId, onProblem }: DatabaseOptions): Promise<EmbeddedServer> {
  return openEmbeddedServer({ folder, userId, ...(onProblem === undefined ? {} : { onProblem }) });
}

async function connect(
  target: Target,
  options: DatabaseOptions,
  server: EmbeddedServer | undefined,
): Promise<Database> {
  const pool = createPool(target, options.connections ?? 10);
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: pool.kysely }) });
  const close = async () => {
    await pool.end();
    await server?.stop();
  };
  try {
    const warnings = await inspectServer(kysely, target.name);
    await migrate(kysely, target.name, options.migrations);
    return { kysely, pool, target, name: target.name, warnings, close };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

const NAME = "anchorwatch";

async function embeddedTarget({ address }: EmbeddedServer, folder: string): Promise<Target> {
  const config = { ...COMMON, ...address, ssl: false };
  const name = `in ${folder}`;
  await makeDatabase({ ...config, database: "postgres" }, name);
  return { config: { ...config, database: NAME }, name };
}

const DUPLICATE_DATABASE = "42P04";
const UNIQUE_VIOLATION = "23505";

async function makeDatabase(config: pg.ClientConfig, name: string): Promise<void> {
  const client = new pg.Client(config);
  client.on("error", () => {}); // The statement that is under way fails as well, and tells.
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [NAME]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${NAME}`);
  } catch (error) {
    const state = error instanceof pg.DatabaseError ? error.code : undefined;
    // Another process was faster.
    if (state !== DUPLICATE_DATABASE && state !== UNIQUE_VIOLATION) throw databaseError(error, name);
  } finally {
    await client.end().catch(() => {}); // It may be gone already.
  }
}
