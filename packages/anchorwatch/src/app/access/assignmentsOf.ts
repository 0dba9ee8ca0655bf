/** Which roles somebody has: those that were given to him here, and those of the operator's file that name him. */
import type { Principal } from "../../auth/principal.ts";
import type { RoleAssignment, Subject } from "../../auth/role.ts";

type Who = Pick<Principal, "kind" | "id" | "name" | "groups" | "assignments">;

/** @param configured of the operator's file */
export function assignmentsOf(who: Who, configured: readonly RoleAssignment[]): readonly RoleAssignment[] {
  return [...who.assignments, ...configured.filter(({ subject }) => isMeant(subject, who))];
}

function isMeant(subject: Subject, { kind, id, name, groups }: Who): boolean {
  switch (subject.kind) {
    case "user":
      return kind === "user" && subject.id === id;
    case "login":
      return kind === "user" && subject.login === name;
    case "group":
      return kind === "user" && groups.includes(subject.group);
    case "workload":
      return kind === "workload" && subject.name === id;
  }
}
