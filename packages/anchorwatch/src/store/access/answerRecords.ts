import { hash } from "node:crypto";
import { sql } from "kysely";
import type { AnswerRecords, KeptAnswer } from "../../auth/records.ts";
import { inParts } from "../inParts.ts";
import { json, type Sql, withoutNulls } from "../sql.ts";
import { storable, stored } from "../text.ts";

export function answerRecords(db: Sql): AnswerRecords {
  return {
    begin: (key, at, patienceMs) => begin(db, key, at, patienceMs),
    async keep(principal, key, { status, headers, body }) {
      await sql`
        UPDATE anchorwatch.answers SET status = ${status}, headers = ${json(headers)}::json,
          body = ${body === undefined ? null : storable(body)}
        WHERE digest = ${digestOf(principal, key)} AND status IS NULL`.execute(db);
    },
    async release(principal, key) {
      await sql`
        DELETE FROM anchorwatch.answers WHERE digest = ${digestOf(principal, key)} AND status IS NULL`.execute(
        db,
      );
    },
    forget: (before) =>
      inParts((limit) =>
        sql`
          DELETE FROM anchorwatch.answers WHERE digest IN (
            SELECT digest FROM anchorwatch.answers WHERE begun_at < ${before}
            ORDER BY begun_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`.execute(db),
      ),
  };
}

/** Clients choose the keys, of any length. */
function digestOf(principal: string, key: string): Buffer {
  return hash("sha256", JSON.stringify([principal, key]), "buffer");
}

type Begun = Awaited<ReturnType<AnswerRecords["begin"]>>;

async function begin(
  db: Sql,
  { principal, key, request }: Parameters<AnswerRecords["begin"]>[0],
  at: Date,
  patienceMs: number,
): Promise<Begun> {
  const digest = digestOf(principal, key);
  const abandoned = new Date(at.getTime() - patienceMs);
  for (;;) {
    const { numAffectedRows } = await sql`
      INSERT INTO anchorwatch.answers (digest, request, begun_at) VALUES (${digest}, ${request}, ${at})
      ON CONFLICT (digest) DO NOTHING`.execute(db);
    if (numAffectedRows === 1n) return { kind: "new" };
    const begun = await find(db, digest, request, abandoned);
    // Released in between: the next one may.
    if (begun !== undefined) return begun;
  }
}

interface AnswerRow {
  readonly isSame: boolean;
  readonly isAbandoned: boolean;
  readonly status: number | null;
  readonly headers: KeptAnswer["headers"] | null;
  readonly body: string | null;
}

async function find(
  db: Sql,
  digest: Buffer,
  request: Uint8Array,
  abandoned: Date,
): Promise<Begun | undefined> {
  const { rows } = await sql<AnswerRow>`
    SELECT request = ${request}::bytea AS "isSame", begun_at <= ${abandoned}::timestamptz AS "isAbandoned", status, headers, body
    FROM anchorwatch.answers WHERE digest = ${digest}`.execute(db);
  if (rows[0] === undefined) return undefined;
  const { isSame, isAbandoned, status, headers, body } = rows[0];
  if (!isSame) return { kind: "other" };
  if (status === null) return { kind: isAbandoned ? "lost" : "underway" };
  const text = body === null ? null : stored(body);
  return { kind: "kept", answer: { status, headers: headers ?? {}, ...withoutNulls({ body: text }) } };
}
