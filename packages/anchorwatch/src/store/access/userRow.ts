import { sql } from "kysely";
import type { User, UserId } from "../../auth/user.ts";
import { withoutNulls } from "../sql.ts";
import { stored } from "../text.ts";

/** A row of `users`, as one column of JSON: it comes along with what belongs to it. */
export const USER_AS_JSON = sql`json_build_object(
  'id', u.id, 'kind', u.kind, 'issuer', u.issuer, 'subject', u.subject, 'login', u.login, 'name', u.name,
  'email', u.email, 'status', u.status, 'groups', u.groups, 'version', u.version, 'addedAt', u.added_at,
  'lastSeenAt', u.last_seen_at)`;

/** JSON has no dates. */
export interface UserRow {
  readonly id: string;
  readonly kind: User["kind"];
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly login: string;
  readonly name: string;
  readonly email: string | null;
  readonly status: User["status"];
  readonly groups: readonly string[];
  readonly version: number;
  readonly addedAt: string;
  readonly lastSeenAt: string | null;
}

export function userOf({ issuer, subject, email, lastSeenAt, ...row }: UserRow): User {
  return {
    ...row,
    id: stored(row.id) as UserId,
    login: stored(row.login),
    name: stored(row.name),
    groups: row.groups.map(stored),
    addedAt: new Date(row.addedAt),
    ...withoutNulls({
      issuer: issuer === null ? null : stored(issuer),
      subject: subject === null ? null : stored(subject),
      email: email === null ? null : stored(email),
      lastSeenAt: lastSeenAt === null ? null : new Date(lastSeenAt),
    }),
  };
}
