import { type Kysely, type Migration, sql } from "kysely";

/**
 * What runs in accounts and no stack has. A record is kept whole, as JSON; what it is found by stands beside it. `place` is the account
 * as the operator's file calls it.
 */
export const unmanaged: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `CREATE TABLE anchorwatch.searched_accounts (
    key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    label_set integer NOT NULL DEFAULT 1 REFERENCES anchorwatch.label_sets,
    regions json NOT NULL,
    is_declared boolean NOT NULL,
    number text,
    next_search_at timestamptz(3),
    search json
  )`,
  `CREATE TABLE anchorwatch.unmanaged (
    id text PRIMARY KEY,
    account integer NOT NULL REFERENCES anchorwatch.searched_accounts,
    thing_digest bytea NOT NULL,
    type text NOT NULL,
    region text NOT NULL,
    status text NOT NULL CHECK (status IN ('held', 'open', 'accepted', 'closed')),
    updated_at timestamptz(3) NOT NULL,
    seen_at timestamptz(3) NOT NULL,
    record json NOT NULL,
    UNIQUE (account, thing_digest)
  ) WITH (fillfactor = 80)`,
  // Every list is of one status, or of the two that are not over.
  `CREATE INDEX unmanaged_newest ON anchorwatch.unmanaged (updated_at, id) WHERE status IN ('open', 'accepted')`,
  `CREATE INDEX unmanaged_of_account ON anchorwatch.unmanaged (account, status, updated_at, id)`,
  `CREATE INDEX unmanaged_of_status ON anchorwatch.unmanaged (status, updated_at, id)`,
  `CREATE TABLE anchorwatch.unmanaged_looks (
    account integer NOT NULL REFERENCES anchorwatch.searched_accounts,
    event_digest bytea NOT NULL,
    due_at timestamptz(3) NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    event json NOT NULL,
    PRIMARY KEY (account, event_digest)
  )`,
  `CREATE INDEX unmanaged_looks_due ON anchorwatch.unmanaged_looks (due_at)`,
  `CREATE TABLE anchorwatch.stack_places (
    stack integer PRIMARY KEY REFERENCES anchorwatch.stacks,
    accounts text[] NOT NULL,
    regions text[] NOT NULL
  )`,
  // Where an unmanaged drift of a stack is told, the search tells it not again.
  `CREATE INDEX drifts_unmanaged ON anchorwatch.drifts (id) WHERE status = 'open' AND verdict = 'unmanaged'`,
];
