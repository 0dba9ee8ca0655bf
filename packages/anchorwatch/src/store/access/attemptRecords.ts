import { sql } from "kysely";
import type { AttemptRecords } from "../../auth/records.ts";
import { inParts } from "../inParts.ts";
import type { Sql } from "../sql.ts";
import { digestOf } from "../text.ts";

/** Only digests of the keys are kept: whoever signs in may have typed his password where his name belongs. */
export function attemptRecords(db: Sql): AttemptRecords {
  return {
    failed: (key, at, windowMs) => failed(db, key, at, windowMs),
    async count(key, at, windowMs) {
      const { rows } = await sql<{ failures: number }>`
        SELECT failures FROM anchorwatch.attempts
        WHERE key_digest = ${digestOf(key)} AND since > ${beginning(at, windowMs)}`.execute(db);
      return rows[0]?.failures ?? 0;
    },
    async clear(key) {
      await sql`DELETE FROM anchorwatch.attempts WHERE key_digest = ${digestOf(key)}`.execute(db);
    },
    forget: (before) =>
      inParts((limit) =>
        sql`
          DELETE FROM anchorwatch.attempts WHERE key_digest IN (
            SELECT key_digest FROM anchorwatch.attempts WHERE since < ${before}
            ORDER BY since LIMIT ${limit} FOR UPDATE SKIP LOCKED)`.execute(db),
      ),
  };
}

/** A window that began then, or before, is over. */
function beginning(at: Date, windowMs: number): Date {
  return new Date(at.getTime() - windowMs);
}

async function failed(db: Sql, key: string, at: Date, windowMs: number): Promise<number> {
  const isOver = sql`a.since <= ${beginning(at, windowMs)}::timestamptz`;
  const { rows } = await sql<{ failures: number }>`
    INSERT INTO anchorwatch.attempts AS a (key_digest, since, failures) VALUES (${digestOf(key)}, ${at}, 1)
    ON CONFLICT (key_digest) DO UPDATE SET
      since = CASE WHEN ${isOver} THEN excluded.since ELSE a.since END,
      failures = CASE WHEN ${isOver} THEN 1 ELSE a.failures + 1 END
    RETURNING failures`.execute(db);
  return rows[0]?.failures ?? 1;
}
