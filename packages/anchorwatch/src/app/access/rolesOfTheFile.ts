/** The operator's file gives and takes roles, too: each is an entry, and who lost one is signed out. */
import type { RoleAssignment } from "../../auth/role.ts";
import type { AccessContext } from "./accessContext.ts";
import { usersOf } from "./administrators.ts";
import { OURSELVES } from "./entries.ts";
import { assignmentEntry } from "./roleAssignments.ts";
import { endSessionsOf } from "./sessions.ts";

/** To be called when the file is read again. @throws AnchorwatchError `database_*` */
export async function rolesOfTheFileChanged(
  context: AccessContext,
  before: readonly RoleAssignment[],
  after: readonly RoleAssignment[],
): Promise<void> {
  const [had, has] = [new Set(before.map(meaningOf)), new Set(after.map(meaningOf))];
  const given = after.filter((assignment) => !had.has(meaningOf(assignment)));
  const taken = before.filter((assignment) => !has.has(meaningOf(assignment)));
  if (given.length === 0 && taken.length === 0) return;
  await context.records.transaction(async (inside) => {
    for (const assignment of given) {
      await inside.outbox.put([await assignmentEntry(context, inside, OURSELVES, assignment, "assigned")]);
    }
    for (const assignment of taken) {
      await inside.outbox.put([await assignmentEntry(context, inside, OURSELVES, assignment, "revoked")]);
      const reason = `The operator's file gives the role ${assignment.role} no more.`;
      for await (const user of usersOf(inside, assignment)) {
        await endSessionsOf(context, inside, user.id, OURSELVES, { cause: "revoked", reason });
      }
    }
  });
}

/** Its place in the file is none of it. */
function meaningOf({ role, subject, scope }: RoleAssignment): string {
  return JSON.stringify([role, Object.entries(subject).sort(), Object.entries(scope).sort()]);
}
