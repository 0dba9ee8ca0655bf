import { type Kysely, type Migration, sql } from "kysely";

/** Lists of stacks come in pages, and two stacks that have the same resources are a record. */
export const manyStacks: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  // By code units, as pages go on.
  `CREATE INDEX stacks_by_name ON anchorwatch.stacks (name COLLATE "C", key)`,
  `CREATE INDEX stacks_health ON anchorwatch.stacks (health, name COLLATE "C", key)`,
  `CREATE TABLE anchorwatch.claims (
    id text PRIMARY KEY,
    first_stack integer NOT NULL REFERENCES anchorwatch.stacks,
    second_stack integer NOT NULL REFERENCES anchorwatch.stacks,
    status text NOT NULL CHECK (status IN ('open', 'closed')),
    resources json NOT NULL,
    count integer NOT NULL,
    opened_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    closed_at timestamptz(3),
    entry_id text NOT NULL
  )`,
  `CREATE UNIQUE INDEX claims_open ON anchorwatch.claims (first_stack, second_stack) WHERE status = 'open'`,
  `CREATE INDEX claims_open_second ON anchorwatch.claims (second_stack) WHERE status = 'open'`,
  `CREATE INDEX claims_newest ON anchorwatch.claims (updated_at, id)`,
];
