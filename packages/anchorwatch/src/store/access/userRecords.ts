import { type RawBuilder, sql } from "kysely";
import type { UserRecords } from "../../auth/records.ts";
import type { User, UserId } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { isDuplicate } from "../databaseError.ts";
import type { Sql } from "../sql.ts";
import { storable } from "../text.ts";
import { inTransaction } from "../transaction.ts";
import { USER_AS_JSON, type UserRow, userOf } from "./userRow.ts";

export function userRecords(db: Sql): UserRecords {
  return {
    add: (user) => add(db, user),
    byId: (id) => one(db, sql`u.id = ${storable(id)}`),
    byLogin: (login) => one(db, sql`u.login = ${storable(login)} AND u.status <> 'removed'`),
    byIdentity: (issuer, subject) =>
      one(db, sql`u.issuer = ${storable(issuer)} AND u.subject = ${storable(subject)}`),
    list: (filter) => list(db, filter),
    change: (id, version, changes, at) => change(db, id, version, changes, at),
    seen: (id, seen) => seen_(db, id, seen),
    lockAdministration: async () => {
      await sql`SELECT pg_advisory_xact_lock(hashtextextended('anchorwatch administration', 0))`.execute(db);
    },
    count: async () => {
      const { rows } = await sql<{ number: number }>`
        SELECT count(*) AS number FROM anchorwatch.users WHERE status <> 'removed'`.execute(db);
      return rows[0]?.number ?? 0;
    },
  };
}

async function add(db: Sql, user: User): Promise<void> {
  await refusingDuplicates(
    user.login,
    sql`
      INSERT INTO anchorwatch.users
        (id, kind, issuer, subject, login, name, email, status, groups, version, added_at, last_seen_at)
      VALUES (${storable(user.id)}, ${user.kind}, ${orNull(user.issuer)}, ${orNull(user.subject)},
        ${storable(user.login)}, ${storable(user.name)}, ${orNull(user.email)}, ${user.status},
        ${user.groups.map(storable)}::text[], ${user.version}, ${user.addedAt}, ${user.lastSeenAt ?? null})`.execute(
      db,
    ),
  );
}

function orNull(text: string | undefined): string | null {
  return text === undefined ? null : storable(text);
}

async function refusingDuplicates<Result>(login: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!isDuplicate(error, "users_login") && !isDuplicate(error, "users_identity")) throw error;
    throw new AnchorwatchError("user_login_taken", `There is a user ${login} already.`, {
      hint: "Choose another login, or change the user who has it.",
      cause: error,
    });
  }
}

async function one(db: Sql, which: RawBuilder<unknown>): Promise<User | undefined> {
  const { rows } = await sql<{ user: UserRow }>`
    SELECT ${USER_AS_JSON} AS "user" FROM anchorwatch.users u WHERE ${which}`.execute(db);
  return rows[0] === undefined ? undefined : userOf(rows[0].user);
}

async function list(
  db: Sql,
  { limit, after, status, login }: Parameters<UserRecords["list"]>[0],
): Promise<readonly User[]> {
  const { rows } = await sql<{ user: UserRow }>`
    SELECT ${USER_AS_JSON} AS "user" FROM anchorwatch.users u
    WHERE ${status === undefined ? sql`u.status <> 'removed'` : sql`u.status = ${status}`}
      ${login === undefined ? sql`` : sql`AND u.login = ${storable(login)}`}
      ${after === undefined ? sql`` : sql`AND (u.login COLLATE "C", u.id) > (${storable(after.login)}::text, ${storable(after.id)}::text)`}
    ORDER BY u.login COLLATE "C", u.id LIMIT ${limit}`.execute(db);
  return rows.map(({ user }) => userOf(user));
}

type Changes = Parameters<UserRecords["change"]>[2];

/** Nobody begins a session meanwhile: whoever does locks the user against it. */
function change(
  db: Sql,
  id: UserId,
  version: number | undefined,
  changes: Changes,
  at: Date,
): Promise<User | "outdated" | "unknown"> {
  return inTransaction(db, async (transaction) => {
    const changed = await update(transaction, id, version, changes);
    if (changed === undefined) {
      const user = await one(transaction, sql`u.id = ${storable(id)} AND u.status <> 'removed'`);
      return user === undefined ? "unknown" : "outdated";
    }
    if (changed.status !== "active") await shutOut(transaction, changed, at);
    return changed;
  });
}

async function update(
  db: Sql,
  id: UserId,
  version: number | undefined,
  { login, name, email, status }: Changes,
): Promise<User | undefined> {
  const { rows } = await refusingDuplicates(
    login ?? "of that login",
    sql<{ user: UserRow }>`
      UPDATE anchorwatch.users u SET version = u.version + 1, login = coalesce(${orNull(login)}, u.login),
        name = coalesce(${orNull(name)}, u.name), email = coalesce(${orNull(email)}, u.email),
        status = coalesce(${status ?? null}, u.status)
      WHERE u.id = ${storable(id)} AND u.status <> 'removed'
        ${version === undefined ? sql`` : sql`AND u.version = ${version}`}
      RETURNING ${USER_AS_JSON} AS "user"`.execute(db),
  );
  return rows[0] === undefined ? undefined : userOf(rows[0].user);
}

/** Each in a statement of its own, which sees what others have stored while we waited for the user. */
async function shutOut(db: Sql, { id, status }: User, at: Date): Promise<void> {
  const user = storable(id);
  await sql`DELETE FROM anchorwatch.sessions WHERE user_id = ${user}`.execute(db);
  await sql`
    UPDATE anchorwatch.tokens SET revoked_at = ${at}
    WHERE user_id = ${user} AND revoked_at IS NULL`.execute(db);
  if (status !== "removed") return;
  await sql`DELETE FROM anchorwatch.passwords WHERE user_id = ${user}`.execute(db);
  await sql`DELETE FROM anchorwatch.passkeys WHERE user_id = ${user}`.execute(db);
  await sql`DELETE FROM anchorwatch.chat_accounts WHERE user_id = ${user}`.execute(db);
}

async function seen_(db: Sql, id: UserId, seen: Parameters<UserRecords["seen"]>[1]): Promise<void> {
  const groups = seen.groups?.map(storable) ?? null;
  await sql`
    UPDATE anchorwatch.users u SET last_seen_at = greatest(u.last_seen_at, ${seen.at}::timestamptz),
      name = coalesce(${orNull(seen.name)}, u.name), email = coalesce(${orNull(seen.email)}, u.email),
      groups = coalesce(${groups}::text[], u.groups)
    WHERE u.id = ${storable(id)}`.execute(db);
}
