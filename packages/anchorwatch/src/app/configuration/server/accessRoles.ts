/** `access.roles`: who has which role, and where. */
import { createHash } from "node:crypto";
import { loginOf } from "../../../auth/login.ts";
import type { RoleAssignment, Subject } from "../../../auth/role.ts";
import type { Workload } from "../../../auth/workload/workload.ts";
import { written } from "../issues.ts";
import { nearest } from "../nearest.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import type { RoleSection } from "./accessSchema.ts";
import type { SectionContext } from "./section.ts";

export function readRoles(
  sections: readonly RoleSection[],
  at: DocumentPath,
  workloads: readonly Workload[],
  context: SectionContext,
): readonly RoleAssignment[] {
  const { problems, lineOf, file } = context;
  const seen = new Set<string>();
  return sections.flatMap((section, index) => {
    const here = [...at, index];
    const subjects = readSubjects(section, here, workloads, context);
    if (subjects.length === 0) {
      const hint = "Add users, groups or workloads.";
      problems.reportAt(here, `${written(here)} says nobody who has the role`, hint);
    }
    return subjects.flatMap(({ subject, place }): readonly RoleAssignment[] => {
      const assignment = { role: section.role, subject, scope: section.stacks ?? {} };
      const id = idOf(assignment);
      // The same again says nothing new.
      if (seen.has(id)) return [];
      seen.add(id);
      return [{ id, ...assignment, origin: "config", source: { file, line: lineOf(place) } }];
    });
  });
}

interface PlacedSubject {
  readonly subject: Subject;
  readonly place: DocumentPath;
}

function readSubjects(
  { users = [], groups = [], workloads = [] }: RoleSection,
  at: DocumentPath,
  known: readonly Workload[],
  { problems }: SectionContext,
): readonly PlacedSubject[] {
  const logins = users.map((login, index) => ({
    subject: { kind: "login", login: loginOf(login) } as const,
    place: [...at, "users", index],
  }));
  const ofGroups = groups.map((group, index) => {
    const place = [...at, "groups", index];
    if (!/^[^:]+:./.test(group)) {
      problems.reportAt(
        place,
        `${written(place)} is no group of a provider`,
        "Expected PROVIDER:GROUP, such as okta:platform.",
      );
    }
    return { subject: { kind: "group", group } as const, place };
  });
  const names = known.map(({ name }) => name);
  const pipelines = workloads.map((name, index) => {
    const place = [...at, "workloads", index];
    if (!names.includes(name)) {
      const meant = nearest(name, names);
      const hint = meant === undefined ? "Add it to access.workloads." : `Did you mean “${meant}”?`;
      problems.reportAt(place, `${written(place)}: there is no workload “${name}”`, hint);
    }
    return { subject: { kind: "workload", name } as const, place };
  });
  return [...logins, ...ofGroups, ...pipelines];
}

/** The same assignment has the same id, wherever it stands in the file. */
function idOf({ role, subject, scope }: Pick<RoleAssignment, "role" | "subject" | "scope">): string {
  const labels = Object.entries(scope).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([role, Object.entries(subject), labels]);
  return `config-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}
