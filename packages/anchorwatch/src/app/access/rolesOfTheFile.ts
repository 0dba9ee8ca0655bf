/**
 * The operator's file gives and takes roles, too: each is an entry, and who lost one is signed out. What the file gave last is kept, so
 * that one that it does not give any more after a restart is noticed as well.
 */
import type { AccessRecords } from "../../auth/records.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import { digestOf } from "../../auth/secret.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { AccessContext } from "./accessContext.ts";
import { usersOf } from "./administrators.ts";
import { OURSELVES } from "./entries.ts";
import { assignmentEntry } from "./roleAssignments.ts";
import { endSessionsOf } from "./sessions.ts";

/** To be called at each start, and when the file is read again. @throws AnchorwatchError `database_*` */
export async function recordRolesOfTheFile(
  context: AccessContext,
  after: readonly RoleAssignment[],
): Promise<void> {
  await context.records.transaction(async (inside) => {
    await inside.users.lockAdministration();
    const before = await lastGiven(inside);
    const [had, has] = [new Set(before.map(meaningOf)), new Set(after.map(meaningOf))];
    for (const assignment of after) {
      if (had.has(meaningOf(assignment))) continue;
      await inside.outbox.put([await assignmentEntry(context, inside, OURSELVES, assignment, "assigned")]);
    }
    for (const assignment of before) {
      if (!has.has(meaningOf(assignment))) await taken(context, inside, assignment);
    }
    await keepGiven(inside, after);
  });
}

async function taken(
  context: AccessContext,
  records: AccessRecords,
  assignment: RoleAssignment,
): Promise<void> {
  await records.outbox.put([await assignmentEntry(context, records, OURSELVES, assignment, "revoked")]);
  const reason = `The operator's file gives the role ${assignment.role} no more.`;
  for await (const user of usersOf(records, assignment)) {
    await endSessionsOf(context, records, user.id, OURSELVES, { cause: "revoked", reason });
  }
}

/** Kept with the ceremonies: from one reading of the file to the next. */
const KIND = "roles of the file";
const NAME = digestOf(KIND);
const NEVER = new Date("9999-12-31T00:00:00Z");

async function lastGiven({ ceremonies }: AccessRecords): Promise<readonly RoleAssignment[]> {
  const kept = await ceremonies.peek(KIND, NAME, new Date(0));
  return (kept?.["assignments"] ?? []) as unknown as readonly RoleAssignment[];
}

async function keepGiven({ ceremonies }: AccessRecords, given: readonly RoleAssignment[]): Promise<void> {
  const assignments = given.map(({ id, role, subject, scope }) => ({ id, role, subject, scope }));
  await ceremonies.drop(KIND);
  await ceremonies.put(KIND, NAME, { assignments } as unknown as JsonObject, NEVER);
}

/** Its place in the file is none of it. */
function meaningOf({ role, subject, scope }: RoleAssignment): string {
  return JSON.stringify([role, Object.entries(subject).sort(), Object.entries(scope).sort()]);
}
