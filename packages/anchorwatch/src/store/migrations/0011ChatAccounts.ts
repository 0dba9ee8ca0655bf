import { type Kysely, type Migration, sql } from "kysely";

/** Accounts of chats that belong to users, so that who presses a button in one is somebody here. Each is one user's at most. */
export const chatAccounts: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `CREATE TABLE anchorwatch.chat_accounts (
    id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES anchorwatch.users,
    service text NOT NULL,
    team text NOT NULL,
    account text NOT NULL,
    name text NOT NULL,
    linked_at timestamptz(3) NOT NULL,
    CONSTRAINT chat_accounts_account UNIQUE (service, team, account)
  )`,
  `CREATE INDEX chat_accounts_of_user ON anchorwatch.chat_accounts (user_id, linked_at, id)`,
];
