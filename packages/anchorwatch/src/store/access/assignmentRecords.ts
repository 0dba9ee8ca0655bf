import { hash } from "node:crypto";
import { type RawBuilder, sql } from "kysely";
import type { AssignmentRecords } from "../../auth/records.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import { json, type Sql } from "../sql.ts";
import { storable } from "../text.ts";
import { ASSIGNMENT_AS_JSON, type AssignmentRow, assignmentOf, subjectText } from "./assignmentRow.ts";
import { canonicalLabels } from "./labelSets.ts";

export function assignmentRecords(db: Sql): AssignmentRecords {
  return {
    list: () => select(db, sql`ORDER BY a.added_at, a.id`),
    byId: async (id) => (await select(db, sql`WHERE a.id = ${storable(id)}`))[0],
    add: (assignment) => add(db, assignment),
    async remove(id) {
      const { numAffectedRows } = await sql`
        DELETE FROM anchorwatch.role_assignments WHERE id = ${storable(id)}`.execute(db);
      return numAffectedRows === 1n;
    },
  };
}

async function select(db: Sql, which: RawBuilder<unknown>): Promise<readonly RoleAssignment[]> {
  const { rows } = await sql<{ assignment: AssignmentRow }>`
    SELECT ${ASSIGNMENT_AS_JSON} AS assignment FROM anchorwatch.role_assignments a ${which}`.execute(db);
  return rows.map(({ assignment }) => assignmentOf(assignment));
}

async function add(db: Sql, { id, role, subject, scope, ...assignment }: RoleAssignment): Promise<boolean> {
  const text = subjectText(subject);
  const what = JSON.stringify([role, subject.kind, text, canonicalLabels(scope)]);
  const { numAffectedRows } = await sql`
    INSERT INTO anchorwatch.role_assignments (id, digest, role, subject_kind, subject, scope, added_at, added_by)
    VALUES (${storable(id)}, ${hash("sha256", what, "buffer")}, ${role}, ${subject.kind}, ${storable(text)},
      ${json(scope)}, ${assignment.addedAt ?? null},
      ${assignment.addedBy === undefined ? null : storable(assignment.addedBy)})
    ON CONFLICT (digest) DO NOTHING`.execute(db);
  return numAffectedRows === 1n;
}
