import { type RawBuilder, sql } from "kysely";
import type { FoundToken, Token, TokenRecords } from "../../auth/records.ts";
import type { UserId } from "../../auth/user.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { inParts } from "../inParts.ts";
import { json, type Sql, withoutNulls } from "../sql.ts";
import { storable, stored } from "../text.ts";
import { ASSIGNMENTS_OF_TOKEN, type AssignmentRow, assignmentOf } from "./assignmentRow.ts";
import { inactive } from "./inactive.ts";
import { USER_AS_JSON, type UserRow, userOf } from "./userRow.ts";

export function tokenRecords(db: Sql): TokenRecords {
  return {
    add: (token, digest) => add(db, token, digest),
    byDigest: (digest) => byDigest(db, digest),
    byId: async (id) => (await select(db, sql`WHERE t.id = ${storable(id)}`))[0],
    list: (filter) => list(db, filter),
    used: (id, at, address) => used(db, id, at, address),
    revoke: async (id, at) => (await revoke(db, sql`t.id = ${storable(id)}`, at)).length === 1,
    revokeAll: (userId, at) =>
      revoke(db, sql`t.user_id = ${storable(userId)} AND t.expires_at > ${at}::timestamptz`, at),
    forget: (expiredBefore) => forget(db, expiredBefore),
  };
}

/** A user is locked against being shut out meanwhile, as with sessions. */
async function add(db: Sql, token: Token, digest: Uint8Array): Promise<void> {
  const { owner } = token;
  const whose =
    owner.kind === "user"
      ? sql`SELECT id, NULL, NULL FROM anchorwatch.users
          WHERE id = ${storable(owner.id)} AND status = 'active' FOR NO KEY UPDATE`
      : sql`SELECT NULL, ${storable(owner.name)}, ${json(owner.claims)}`;
  const { numAffectedRows } = await sql`
    WITH whose (user_id, workload, claims) AS (${whose})
    INSERT INTO anchorwatch.tokens (id, digest, name, user_id, workload, claims, token_limit, added_at, expires_at,
      last_used_at, last_used_from, revoked_at)
    SELECT ${storable(token.id)}, ${digest}::bytea, ${storable(token.name)}, user_id::text, workload::text, claims::json,
      ${json(token.limit)}::json, ${token.addedAt}::timestamptz, ${token.expiresAt}::timestamptz,
      ${token.lastUsedAt ?? null}::timestamptz,
      ${token.lastUsedFrom === undefined ? null : storable(token.lastUsedFrom)}, ${token.revokedAt ?? null}::timestamptz
    FROM whose`.execute(db);
  if (numAffectedRows === 0n) throw inactive();
}

const COLUMNS = sql`
  t.id, t.name, t.user_id AS "userId", t.workload, t.claims, t.token_limit AS "limit", t.added_at AS "addedAt",
  t.expires_at AS "expiresAt", t.last_used_at AS "lastUsedAt", t.last_used_from AS "lastUsedFrom",
  t.revoked_at AS "revokedAt"`;

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly userId: string | null;
  readonly workload: string | null;
  readonly claims: JsonObject | null;
  readonly limit: NonNullable<Token["limit"]> | null;
  readonly addedAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly lastUsedFrom: string | null;
  readonly revokedAt: Date | null;
}

function tokenOf({ userId, workload, claims, lastUsedFrom, ...row }: TokenRow): Token {
  return {
    ...withoutNulls(row),
    id: stored(row.id),
    name: stored(row.name),
    owner:
      userId === null
        ? { kind: "workload", name: stored(workload ?? ""), claims: claims ?? {} }
        : { kind: "user", id: stored(userId) as UserId },
    ...(lastUsedFrom === null ? {} : { lastUsedFrom: stored(lastUsedFrom) }),
  };
}

async function select(db: Sql, which: RawBuilder<unknown>): Promise<readonly Token[]> {
  const { rows } = await sql<TokenRow>`SELECT ${COLUMNS} FROM anchorwatch.tokens t ${which}`.execute(db);
  return rows.map(tokenOf);
}

interface FoundRow extends TokenRow {
  readonly user: UserRow | null;
  readonly assignments: readonly AssignmentRow[];
}

async function byDigest(db: Sql, digest: Uint8Array): Promise<FoundToken | undefined> {
  const { rows } = await sql<FoundRow>`
    SELECT ${COLUMNS}, CASE WHEN u.id IS NOT NULL THEN ${USER_AS_JSON} END AS "user",
      ${ASSIGNMENTS_OF_TOKEN} AS assignments
    FROM anchorwatch.tokens t LEFT JOIN anchorwatch.users u ON u.id = t.user_id
    WHERE t.digest = ${digest}::bytea AND (t.user_id IS NULL OR u.status = 'active')`.execute(db);
  if (rows[0] === undefined) return undefined;
  const { user, assignments, ...token } = rows[0];
  return {
    token: tokenOf(token),
    ...(user === null ? {} : { user: userOf(user) }),
    assignments: assignments.map(assignmentOf),
  };
}

function list(
  db: Sql,
  { userId, limit, after }: Parameters<TokenRecords["list"]>[0],
): Promise<readonly Token[]> {
  return select(
    db,
    sql`WHERE true
      ${userId === undefined ? sql`` : sql`AND t.user_id = ${storable(userId)}`}
      ${after === undefined ? sql`` : sql`AND (t.added_at, t.id) < (${after.at}::timestamptz, ${storable(after.id)}::text)`}
    ORDER BY t.added_at DESC, t.id DESC LIMIT ${limit}`,
  );
}

async function used(db: Sql, id: string, at: Date, address: string): Promise<void> {
  await sql`
    UPDATE anchorwatch.tokens SET last_used_at = ${at}, last_used_from = ${storable(address)}
    WHERE id = ${storable(id)}
      AND (last_used_at IS NULL OR last_used_at <= ${at}::timestamptz - interval '1 minute')`.execute(db);
}

async function revoke(db: Sql, which: RawBuilder<unknown>, at: Date): Promise<readonly Token[]> {
  const { rows } = await sql<TokenRow>`
    UPDATE anchorwatch.tokens t SET revoked_at = ${at} WHERE ${which} AND t.revoked_at IS NULL
    RETURNING ${COLUMNS}`.execute(db);
  return rows.map(tokenOf);
}

function forget(db: Sql, expiredBefore: Date): Promise<number> {
  return inParts((limit) =>
    sql`
      DELETE FROM anchorwatch.tokens WHERE id IN (
        SELECT id FROM anchorwatch.tokens WHERE expires_at < ${expiredBefore}
        ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`.execute(db),
  );
}
