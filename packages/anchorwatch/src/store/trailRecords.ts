import { sql } from "kysely";
import type { CheckedChainMark, ReadTrail, TrailRecords, WrittenFile } from "../watch/trail.ts";
import { given } from "./given.ts";
import { type Sql, withoutNulls } from "./sql.ts";
import { digestOf, storable, stored } from "./text.ts";

export function trailRecords(db: Sql): TrailRecords {
  return { of: (name) => readTrail(db, storable(name)) };
}

function readTrail(db: Sql, trail: string): ReadTrail {
  return {
    since: async () => {
      const { rows } = await sql<{ since: Date }>`
        SELECT since FROM anchorwatch.trails WHERE trail = ${trail}`.execute(db);
      return rows[0]?.since;
    },
    known: (keys) => known(db, trail, keys),
    aside: (limit) => aside(db, trail, limit),
    read: async ({ key, time }) => {
      await sql`
        INSERT INTO anchorwatch.trail_files (trail, digest, written_at) VALUES (${trail}, ${digestOf(key)}, ${time})
        ON CONFLICT (trail, digest) DO UPDATE SET key = NULL, tried_at = NULL`.execute(db);
    },
    putAside: async ({ key, time }, at) => {
      await sql`
        INSERT INTO anchorwatch.trail_files AS f (trail, digest, written_at, key, tried_at)
        VALUES (${trail}, ${digestOf(key)}, ${time}, ${storable(key)}, ${at})
        ON CONFLICT (trail, digest) DO UPDATE SET tried_at = excluded.tried_at WHERE f.key IS NOT NULL`.execute(
        db,
      );
    },
    moveTo: (since) => moveTo(db, trail, since),
    chains: () => chains(db, trail),
    chainChecked: (mark) => chainChecked(db, trail, mark),
  };
}

async function known(db: Sql, trail: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const byDigest = new Map(keys.map((key) => [digestOf(key).toString("hex"), key]));
  const { rows } = await sql<{ digest: Buffer }>`
    SELECT f.digest FROM anchorwatch.trail_files f
    JOIN ${given([...byDigest.keys()], { digest: ["bytea", (digest) => Buffer.from(digest, "hex")] })}
      ON f.digest = given.digest
    WHERE f.trail = ${trail}`.execute(db);
  const found = rows.map(({ digest }) => byDigest.get(digest.toString("hex")));
  return new Set(found.filter((key) => key !== undefined));
}

async function aside(db: Sql, trail: string, limit: number): Promise<readonly WrittenFile[]> {
  const { rows } = await sql<WrittenFile>`
    SELECT key, written_at AS "time" FROM anchorwatch.trail_files
    WHERE trail = ${trail} AND key IS NOT NULL ORDER BY tried_at, digest LIMIT ${limit}`.execute(db);
  return rows.map(({ key, time }) => ({ key: stored(key), time }));
}

/** What was written before is never listed again, and needs not to be known. */
async function moveTo(db: Sql, trail: string, since: Date): Promise<void> {
  await sql`
    WITH moved AS (
      INSERT INTO anchorwatch.trails AS t (trail, since) VALUES (${trail}, ${since})
      ON CONFLICT (trail) DO UPDATE SET since = greatest(t.since, excluded.since)
    )
    DELETE FROM anchorwatch.trail_files
    WHERE trail = ${trail} AND key IS NULL AND written_at < date_trunc('minute', ${since}::timestamptz)`.execute(
    db,
  );
}

interface ChainRow {
  readonly chain: string;
  readonly until: Date;
  readonly problem: string | null;
  readonly problemAt: Date | null;
}

async function chains(db: Sql, trail: string): Promise<readonly CheckedChainMark[]> {
  const { rows } = await sql<ChainRow>`
    SELECT chain, until, problem, problem_at AS "problemAt" FROM anchorwatch.trail_chains
    WHERE trail = ${trail} ORDER BY chain`.execute(db);
  return rows.map(({ chain, problem, ...row }) => ({
    ...withoutNulls(row),
    chain: stored(chain),
    ...(problem === null ? {} : { problem: stored(problem) }),
  }));
}

/** It never goes back, and what was wrong is kept until something else is. */
async function chainChecked(
  db: Sql,
  trail: string,
  { chain, until, problem, problemAt }: CheckedChainMark,
): Promise<void> {
  await sql`
    INSERT INTO anchorwatch.trail_chains AS c (trail, chain, until, problem, problem_at)
    VALUES (${trail}, ${storable(chain)}, ${until}, ${problem === undefined ? null : storable(problem)},
      ${problemAt ?? null})
    ON CONFLICT (trail, chain) DO UPDATE SET until = greatest(c.until, excluded.until),
      problem = coalesce(excluded.problem, c.problem), problem_at = coalesce(excluded.problem_at, c.problem_at)`.execute(
    db,
  );
}
