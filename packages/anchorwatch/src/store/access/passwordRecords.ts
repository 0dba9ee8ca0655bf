import { sql } from "kysely";
import type { PasswordRecords } from "../../auth/records.ts";
import type { Sql } from "../sql.ts";
import { storable } from "../text.ts";

export function passwordRecords(db: Sql): PasswordRecords {
  return {
    async set(userId, hash, at) {
      await sql`
        INSERT INTO anchorwatch.passwords (user_id, hash, changed_at) VALUES (${storable(userId)}, ${hash}, ${at})
        ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`.execute(
        db,
      );
    },
    async of(userId) {
      const { rows } = await sql<{ hash: string; changedAt: Date }>`
        SELECT hash, changed_at AS "changedAt" FROM anchorwatch.passwords
        WHERE user_id = ${storable(userId)}`.execute(db);
      return rows[0];
    },
    async remove(userId) {
      const { numAffectedRows } = await sql`
        DELETE FROM anchorwatch.passwords WHERE user_id = ${storable(userId)}`.execute(db);
      return numAffectedRows === 1n;
    },
  };
}
