/** The pool of connections that everything shares; what it throws is the product's. */
import type { PostgresPool, PostgresPoolClient } from "kysely";
import pg from "pg";
import { databaseError } from "./databaseError.ts";
import { PLANNED_ANEW } from "./sql.ts";

export interface Pool {
  readonly kysely: PostgresPool;
  /** Of a statement, or of several without values, in one transaction at most. */
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  /** May be called twice. */
  end(): Promise<void>;
}

/** How one connects; also for connections apart from the pool. */
export interface Target {
  readonly config: pg.ClientConfig;
  /** For people: `localhost:5432/anchorwatch`, never with a password. */
  readonly name: string;
}

/** Statements that take longer are given up; a server that says nothing so long is gone. */
const LONGEST_STATEMENT_MS = 300_000;

/** @param isLossy the last moments before a crash of the server may be forgotten: for what is done again then, and quicker so */
export function createPool(target: Target, size: number, isLossy = false): Pool {
  const pool = new pg.Pool({
    ...target.config,
    ...(isLossy ? { options: "-c synchronous_commit=off" } : {}),
    max: size,
    types: { getTypeParser },
    statement_timeout: LONGEST_STATEMENT_MS,
    query_timeout: LONGEST_STATEMENT_MS + 10_000,
    // A process that hangs in a transaction would hold its locks for ever.
    idle_in_transaction_session_timeout: 120_000,
  });
  // An idle connection that is lost is forgotten by the pool; the next statement opens another, or tells.
  pool.on("error", ignore);
  // Whoever has a connection hears it from its statement. From the beginning: one may be lost with the word that it is there.
  pool.on("connect", (client) => client.on("error", ignore));
  const said = (error: unknown) => databaseError(error, target.name);
  const nameOf = statementNames();
  let ended: Promise<void> | undefined;
  const end = () => {
    ended ??= pool.end();
    return ended;
  };
  return {
    kysely: {
      connect: () => pool.connect().then((client) => new SayingClient(client, said, nameOf), rethrow(said)),
      end,
    },
    query: (text, values) => queryAlone(pool, text, values, nameOf),
    end,
  };
}

/** The server forgets them with the connection only, and a text that is put together anew each time would fill its memory. */
const MOST_NAMES = 300;

/**
 * A statement that has a name is parsed and planned once on each connection, which takes longer than most of ours run. Those without
 * values may be several at once, which cannot be named; those of lists are planned anew each time.
 */
function statementNames(): (text: string, values: readonly unknown[] | undefined) => { name?: string } {
  const names = new Map<string, string>();
  return (text, values) => {
    if (values === undefined || values.length === 0 || text.startsWith(PLANNED_ANEW)) return {};
    const known = names.get(text);
    if (known !== undefined) return { name: known };
    if (names.size === MOST_NAMES) return {};
    const name = `anchorwatch_${names.size}`;
    names.set(text, name);
    return { name };
  };
}

type NameOf = ReturnType<typeof statementNames>;

function rethrow(said: (error: unknown) => Error): (error: unknown) => never {
  return (error) => {
    throw said(error);
  };
}

/** Throws what the driver throws: for programs that know its errors. */
async function queryAlone(
  pool: pg.Pool,
  text: string,
  values: readonly unknown[] | undefined,
  nameOf: NameOf,
): Promise<{ rows: Record<string, unknown>[] }> {
  const client = await pool.connect();
  let spent = false;
  try {
    const result: pg.QueryResult | pg.QueryResult[] = await client.query({
      ...nameOf(text, values),
      text,
      ...(values === undefined ? {} : { values: [...values] }),
    });
    return { rows: Array.isArray(result) ? result.flatMap(({ rows }) => rows) : result.rows };
  } catch (error) {
    spent = isSpent(error);
    // Several statements may have begun a transaction, which the next user of the connection must not get.
    await client.query("ROLLBACK").catch(() => {}); // Then the connection is lost, and with it the transaction.
    throw error;
  } finally {
    client.release(spent);
  }
}

/** A client of the pool whose errors are the product's. Kysely knows its connections by identity, so there is one for each. */
class SayingClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #said: (error: unknown) => Error;
  readonly #nameOf: NameOf;
  #isSpent = false;

  constructor(client: pg.PoolClient, said: (error: unknown) => Error, nameOf: NameOf) {
    this.#client = client;
    this.#said = said;
    this.#nameOf = nameOf;
  }

  // biome-ignore lint/suspicious/noExplicitAny: Kysely overloads this with cursors, which nothing here uses.
  query(...[text, values]: any[]): any {
    return this.#client.query({ ...this.#nameOf(text, values), text, values }).catch((error: unknown) => {
      this.#isSpent ||= isSpent(error);
      throw this.#said(error);
    });
  }

  release(): void {
    this.#client.release(this.#isSpent);
  }
}

const FEATURE_NOT_SUPPORTED = "0A000";

/**
 * Whether the connection is of no use any more. What the server did not say is about the connection itself, which may still be busy with a
 * statement that was given up. And when a newer version of the program gave a table another column, what is planned fails for good.
 */
function isSpent(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || error.code === FEATURE_NOT_SUPPORTED;
}

function ignore(): void {}

const INT8 = 20;

/** Counts and positions are far from 2^53. */
const getTypeParser: typeof pg.types.getTypeParser = (oid, format) =>
  oid === INT8 ? Number : pg.types.getTypeParser(oid, format);
