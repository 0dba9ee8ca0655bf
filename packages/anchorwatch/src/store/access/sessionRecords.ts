import { type RawBuilder, sql } from "kysely";
import type { FoundSession, Session, SessionRecords } from "../../auth/records.ts";
import { GRACE_MS } from "../../auth/session/sessionLife.ts";
import type { UserId } from "../../auth/user.ts";
import { type Sql, withoutNulls } from "../sql.ts";
import { storable, stored } from "../text.ts";
import { ASSIGNMENTS_OF_USER, type AssignmentRow, assignmentOf } from "./assignmentRow.ts";
import { inactive } from "./inactive.ts";
import { USER_AS_JSON, type UserRow, userOf } from "./userRow.ts";

export function sessionRecords(db: Sql): SessionRecords {
  return {
    add: (session, digest) => add(db, session, digest),
    byDigest: (digest) => byDigest(db, digest),
    rotate: (id, from, to, at) => rotate(db, id, from, to, at),
    async used(id, at) {
      await sql`
        UPDATE anchorwatch.sessions SET last_used_at = ${at}
        WHERE id = ${storable(id)} AND last_used_at < ${at}::timestamptz`.execute(db);
    },
    async strengthen(id) {
      await sql`UPDATE anchorwatch.sessions SET strong = true WHERE id = ${storable(id)}`.execute(db);
    },
    end: async (id) => (await takeAway(db, sql`s.id = ${storable(id)}`))[0],
    endAll: (userId, except) =>
      takeAway(
        db,
        sql`s.user_id = ${storable(userId)} ${except === undefined ? sql`` : sql`AND s.id <> ${storable(except)}`}`,
      ),
    of: (userId) => of(db, userId),
    takeOver: (now, idleSince, limit) =>
      takeAway(
        db,
        sql`s.id IN (
          SELECT id FROM anchorwatch.sessions WHERE ends_at <= ${now} OR last_used_at < ${idleSince}
          ORDER BY ends_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`,
      ),
  };
}

/** The user is locked against being shut out meanwhile: a session that came later would outlive that. */
async function add(db: Sql, session: Session, digest: Uint8Array): Promise<void> {
  const { numAffectedRows } = await sql`
    WITH whose AS (
      SELECT id FROM anchorwatch.users WHERE id = ${storable(session.userId)} AND status = 'active' FOR NO KEY UPDATE
    )
    INSERT INTO anchorwatch.sessions (id, user_id, digest, method, provider, strong, started_at, last_used_at,
      rotated_at, ends_at, address, user_agent)
    SELECT ${storable(session.id)}, id, ${digest}::bytea, ${session.method},
      ${session.provider === undefined ? null : storable(session.provider)}, ${session.strong}::boolean,
      ${session.startedAt}::timestamptz, ${session.lastUsedAt}::timestamptz, ${session.rotatedAt}::timestamptz,
      ${session.endsAt}::timestamptz, ${storable(session.address)}, ${storable(session.userAgent)}
    FROM whose`.execute(db);
  if (numAffectedRows === 0n) throw inactive();
}

const COLUMNS = sql`
  s.id, s.user_id AS "userId", s.method, s.provider, s.strong, s.started_at AS "startedAt",
  s.last_used_at AS "lastUsedAt", s.rotated_at AS "rotatedAt", s.ends_at AS "endsAt", s.address,
  s.user_agent AS "userAgent"`;

interface SessionRow extends Omit<Session, "provider"> {
  readonly provider: string | null;
}

function sessionOf({ provider, ...row }: SessionRow): Session {
  return {
    ...row,
    ...withoutNulls({ provider: provider === null ? null : stored(provider) }),
    id: stored(row.id),
    userId: stored(row.userId) as UserId,
    address: stored(row.address),
    userAgent: stored(row.userAgent),
  };
}

interface FoundRow extends SessionRow {
  readonly user: UserRow;
  readonly assignments: readonly AssignmentRow[];
  readonly isCurrent: boolean;
}

async function byDigest(db: Sql, digest: Uint8Array): Promise<FoundSession | undefined> {
  const { rows } = await sql<FoundRow>`
    SELECT ${COLUMNS}, ${USER_AS_JSON} AS "user", ${ASSIGNMENTS_OF_USER} AS assignments,
      s.digest = ${digest}::bytea AS "isCurrent"
    FROM anchorwatch.sessions s JOIN anchorwatch.users u ON u.id = s.user_id
    WHERE (s.digest = ${digest}::bytea OR s.previous_digest = ${digest}::bytea) AND u.status = 'active'`.execute(
    db,
  );
  if (rows[0] === undefined) return undefined;
  const { user, assignments, isCurrent, ...session } = rows[0];
  return {
    session: sessionOf(session),
    user: userOf(user),
    assignments: assignments.map(assignmentOf),
    secret: isCurrent ? "current" : "previous",
  };
}

/** Of several at once, the first one finds the secret that it comes from; when its answer was lost, one comes again with that. */
async function rotate(db: Sql, id: string, from: Uint8Array, to: Uint8Array, at: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE anchorwatch.sessions SET digest = ${to}::bytea, previous_digest = ${from}::bytea, rotated_at = ${at}
    WHERE id = ${storable(id)} AND (digest = ${from}::bytea OR (
      previous_digest = ${from}::bytea AND last_used_at <= rotated_at
      AND rotated_at < ${new Date(at.getTime() - GRACE_MS)}::timestamptz))`.execute(db);
  return numAffectedRows === 1n;
}

async function of(db: Sql, userId: UserId): Promise<readonly Session[]> {
  const { rows } = await sql<SessionRow>`
    SELECT ${COLUMNS} FROM anchorwatch.sessions s WHERE s.user_id = ${storable(userId)}
    ORDER BY s.started_at DESC, s.id`.execute(db);
  return rows.map(sessionOf);
}

async function takeAway(db: Sql, which: RawBuilder<unknown>): Promise<readonly Session[]> {
  const { rows } = await sql<SessionRow>`
    DELETE FROM anchorwatch.sessions s WHERE ${which} RETURNING ${COLUMNS}`.execute(db);
  return rows.map(sessionOf);
}
