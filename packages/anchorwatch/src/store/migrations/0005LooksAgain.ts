import { type Kysely, type Migration, sql } from "kysely";

/** Of what is looked at again and again: when the events came that no look has come after yet, and when the last one did. */
export const looksAgain: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of COLUMNS) await sql.raw(statement).execute(db);
  },
};

const COLUMNS = [
  `ALTER TABLE anchorwatch.looks ADD COLUMN news_at timestamptz(3), ADD COLUMN last_at timestamptz(3)`,
  `UPDATE anchorwatch.looks SET news_at = received_at, last_at = received_at`,
  `ALTER TABLE anchorwatch.looks ALTER COLUMN news_at SET NOT NULL, ALTER COLUMN last_at SET NOT NULL`,
];
