import { sql } from "kysely";
import type { SecretRecords } from "../../auth/records.ts";
import type { Sql } from "../sql.ts";

export function secretRecords(db: Sql): SecretRecords {
  return {
    async get(name, made) {
      await sql`
        INSERT INTO anchorwatch.secrets (name, secret) VALUES (${name}, ${made})
        ON CONFLICT (name) DO NOTHING`.execute(db);
      const { rows } = await sql<{ secret: Buffer }>`
        SELECT secret FROM anchorwatch.secrets WHERE name = ${name}`.execute(db);
      return new Uint8Array(rows[0]?.secret ?? made);
    },
  };
}
