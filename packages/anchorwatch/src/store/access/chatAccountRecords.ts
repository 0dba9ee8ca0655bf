import { type RawBuilder, sql } from "kysely";
import type { ChatAccount, ChatAccountRecords, FoundChatAccount } from "../../auth/records.ts";
import type { UserId } from "../../auth/user.ts";
import type { Sql } from "../sql.ts";
import { storable, stored } from "../text.ts";
import { inTransaction } from "../transaction.ts";
import { ASSIGNMENTS_OF_USER, type AssignmentRow, assignmentOf } from "./assignmentRow.ts";
import { inactive } from "./inactive.ts";
import { USER_AS_JSON, type UserRow, userOf } from "./userRow.ts";

export function chatAccountRecords(db: Sql): ChatAccountRecords {
  return {
    add: (account) => add(db, account),
    find: (account) => find(db, account),
    of: async (userId) => {
      const { rows } = await sql<Row>`
        SELECT ${COLUMNS} FROM anchorwatch.chat_accounts c WHERE c.user_id = ${storable(userId)}
        ORDER BY c.linked_at, c.id`.execute(db);
      return rows.map(accountOf);
    },
    async remove(userId, id) {
      const { rows } = await sql<Row>`
        DELETE FROM anchorwatch.chat_accounts c WHERE c.id = ${storable(id)} AND c.user_id = ${storable(userId)}
        RETURNING ${COLUMNS}`.execute(db);
      return rows[0] && accountOf(rows[0]);
    },
  };
}

/** A user is locked against being shut out meanwhile, as with sessions. */
function add(db: Sql, { id, userId, service, team, account, name, linkedAt }: ChatAccount): Promise<boolean> {
  return inTransaction(db, async (transaction) => {
    const { rows } = await sql`
      SELECT 1 FROM anchorwatch.users WHERE id = ${storable(userId)} AND status = 'active'
      FOR NO KEY UPDATE`.execute(transaction);
    if (rows.length === 0) throw inactive();
    const { numAffectedRows } = await sql`
      INSERT INTO anchorwatch.chat_accounts (id, user_id, service, team, account, name, linked_at)
      VALUES (${storable(id)}, ${storable(userId)}, ${service}, ${storable(team)}, ${storable(account)},
        ${storable(name)}, ${linkedAt})
      ON CONFLICT (service, team, account) DO NOTHING`.execute(transaction);
    return numAffectedRows === 1n;
  });
}

async function find(
  db: Sql,
  { service, team, account }: Parameters<ChatAccountRecords["find"]>[0],
): Promise<FoundChatAccount | undefined> {
  const which: RawBuilder<unknown> = sql`
    c.service = ${service} AND c.team = ${storable(team)} AND c.account = ${storable(account)}`;
  const { rows } = await sql<
    Row & { readonly user: UserRow; readonly assignments: readonly AssignmentRow[] }
  >`
    SELECT ${COLUMNS}, ${USER_AS_JSON} AS "user", ${ASSIGNMENTS_OF_USER} AS assignments
    FROM anchorwatch.chat_accounts c JOIN anchorwatch.users u ON u.id = c.user_id
    WHERE ${which} AND u.status = 'active'`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    chatAccount: accountOf(row),
    user: userOf(row.user),
    assignments: row.assignments.map(assignmentOf),
  };
}

const COLUMNS = sql`
  c.id, c.user_id AS "userId", c.service, c.team, c.account, c.name, c.linked_at AS "linkedAt"`;

type Row = Omit<ChatAccount, "userId"> & { readonly userId: string };

function accountOf({ id, userId, service, team, account, name, linkedAt }: Row): ChatAccount {
  return {
    ...{ id: stored(id), userId: stored(userId) as UserId, service },
    ...{ team: stored(team), account: stored(account), name: stored(name), linkedAt },
  };
}
