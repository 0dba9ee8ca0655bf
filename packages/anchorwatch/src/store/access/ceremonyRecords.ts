import { sql } from "kysely";
import type { CeremonyRecords } from "../../auth/records.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { inParts } from "../inParts.ts";
import { json, type Sql } from "../sql.ts";

interface Row {
  readonly data: JsonObject;
}

export function ceremonyRecords(db: Sql): CeremonyRecords {
  return {
    async put(kind, digest, data, expiresAt) {
      const { numAffectedRows } = await sql`
        INSERT INTO anchorwatch.ceremonies (kind, digest, data, expires_at)
        VALUES (${kind}, ${digest}, ${json(data)}, ${expiresAt})
        ON CONFLICT (kind, digest) DO NOTHING`.execute(db);
      return numAffectedRows === 1n;
    },
    async take(kind, digest, now) {
      const { rows } = await sql<Row>`
        DELETE FROM anchorwatch.ceremonies WHERE ${alive(kind, digest, now)} RETURNING data`.execute(db);
      return rows[0]?.data;
    },
    async peek(kind, digest, now) {
      const { rows } = await sql<Row>`
        SELECT data FROM anchorwatch.ceremonies WHERE ${alive(kind, digest, now)}`.execute(db);
      return rows[0]?.data;
    },
    async replace(kind, digest, data, now) {
      const { numAffectedRows } = await sql`
        UPDATE anchorwatch.ceremonies SET data = ${json(data)}::json WHERE ${alive(kind, digest, now)}`.execute(
        db,
      );
      return numAffectedRows === 1n;
    },
    async drop(kind) {
      await sql`DELETE FROM anchorwatch.ceremonies WHERE kind = ${kind}`.execute(db);
    },
    forget: (now) =>
      inParts((limit) =>
        sql`
          DELETE FROM anchorwatch.ceremonies WHERE (kind, digest) IN (
            SELECT kind, digest FROM anchorwatch.ceremonies WHERE expires_at <= ${now}
            ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`.execute(db),
      ),
  };
}

function alive(kind: string, digest: Uint8Array, now: Date) {
  return sql`kind = ${kind} AND digest = ${digest}::bytea AND expires_at > ${now}::timestamptz`;
}
