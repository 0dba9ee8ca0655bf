import { type RawBuilder, sql } from "kysely";
import type { Role, RoleAssignment, Subject } from "../../auth/role.ts";
import type { UserId } from "../../auth/user.ts";
import type { Labels } from "../../domain/labels.ts";
import { withoutNulls } from "../sql.ts";
import { stored } from "../text.ts";

export const ASSIGNMENT_AS_JSON = sql`json_build_object(
  'id', a.id, 'role', a.role, 'kind', a.subject_kind, 'subject', a.subject, 'scope', a.scope,
  'addedAt', a.added_at, 'addedBy', a.added_by)`;

/** Of a row of `users` named `u`: those of the user, his login and his groups. */
export const ASSIGNMENTS_OF_USER = assignments(sql`
  a.subject = ANY (u.groups || u.login || u.id) AND (
    a.subject_kind = 'user' AND a.subject = u.id OR a.subject_kind = 'login' AND a.subject = u.login
    OR a.subject_kind = 'group' AND a.subject = ANY (u.groups))`);

/** Of a row of `tokens` named `t`, with that of its user where it has one. */
export const ASSIGNMENTS_OF_TOKEN = sql`CASE WHEN t.user_id IS NOT NULL THEN ${ASSIGNMENTS_OF_USER}
  ELSE ${assignments(sql`a.subject_kind = 'workload' AND a.subject = t.workload`)} END`;

function assignments(which: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`coalesce((
    SELECT json_agg(${ASSIGNMENT_AS_JSON} ORDER BY a.added_at, a.id) FROM anchorwatch.role_assignments a
    WHERE ${which}), '[]')`;
}

export interface AssignmentRow {
  readonly id: string;
  readonly role: Role;
  readonly kind: Subject["kind"];
  readonly subject: string;
  readonly scope: Labels;
  readonly addedAt: string | null;
  readonly addedBy: string | null;
}

export function assignmentOf({ kind, subject, addedAt, addedBy, ...row }: AssignmentRow): RoleAssignment {
  return {
    ...row,
    id: stored(row.id),
    subject: subjectOf(kind, stored(subject)),
    origin: "api",
    ...withoutNulls({
      addedAt: addedAt === null ? null : new Date(addedAt),
      addedBy: addedBy === null ? null : stored(addedBy),
    }),
  };
}

function subjectOf(kind: Subject["kind"], subject: string): Subject {
  switch (kind) {
    case "user":
      return { kind, id: subject as UserId };
    case "login":
      return { kind, login: subject };
    case "group":
      return { kind, group: subject };
    case "workload":
      return { kind, name: subject };
  }
}

/** What {@link subjectOf} makes a subject of again. */
export function subjectText(subject: Subject): string {
  switch (subject.kind) {
    case "user":
      return subject.id;
    case "login":
      return subject.login;
    case "group":
      return subject.group;
    case "workload":
      return subject.name;
  }
}
