/** What the section `access` may say, and hardly means. */
import type { RoleAssignment } from "../../../auth/role.ts";
import type { Warning } from "../../../domain/errors.ts";
import type { AccessSettings } from "../../access/accessSettings.ts";
import { nearest } from "../nearest.ts";
import type { AccessSection } from "./accessSchema.ts";
import type { SectionContext } from "./section.ts";

export function accessWarnings(
  section: AccessSection,
  settings: AccessSettings,
  { file, lineOf }: SectionContext,
): readonly Warning[] {
  const found: Warning[] = [];
  const warn = (message: string, hint: string, line: number) => {
    found.push({ code: "config_access_doubtful", message, hint, location: { file, line } });
  };
  const lineOfRole = ({ source }: RoleAssignment) => source?.line ?? lineOf(["access", "roles"]);
  const providers = settings.providers.map(({ name }) => name);
  for (const assignment of settings.assignments) {
    const { role, subject, scope } = assignment;
    const line = lineOfRole(assignment);
    if (subject.kind === "group") {
      const [provider = ""] = subject.group.split(":", 1);
      if (!providers.includes(provider)) {
        const meant = nearest(provider, providers);
        const hint = meant === undefined ? "Groups come from access.providers." : `Did you mean “${meant}”?`;
        warn(`nobody is in the group ${subject.group}: there is no provider “${provider}”`, hint, line);
      } else if (settings.providers.find(({ name }) => name === provider)?.groupsClaim === undefined) {
        const hint = "Give that provider a groupsClaim.";
        warn(
          `nobody is in the group ${subject.group}: the provider “${provider}” tells no groups`,
          hint,
          line,
        );
      }
    }
    if (subject.kind === "workload" && (role === "administrator" || role === "approver")) {
      const hint = "Whoever can change the pipeline then has it too. Give it the role operator or viewer.";
      warn(`the pipeline “${subject.name}” has the role ${role}`, hint, line);
    }
    if (role === "administrator" && Object.keys(scope).length > 0) {
      const hint = "Administration is of the whole installation: without stacks it counts everywhere.";
      warn("an administrator of some stacks alone administers nothing", hint, line);
    }
  }
  const isSomebodyAdministrator = settings.assignments.some(
    ({ role, scope }) => role === "administrator" && Object.keys(scope).length === 0,
  );
  if (settings.assignments.length > 0 && !isSomebodyAdministrator) {
    const hint = "The first one is made with the link that anchorwatch serve prints while there is none.";
    warn("access.roles makes nobody an administrator", hint, lineOf(["access", "roles"]));
  }
  const logins = settings.assignments.find(({ subject }) => subject.kind === "login");
  if (logins !== undefined && settings.providers.length > 1) {
    for (const [index, { name, loginDomains }] of settings.providers.entries()) {
      if (loginDomains !== undefined) continue;
      const hint = "Give it loginDomains: a provider is only as good as the names that it may give.";
      const what = `whoever the provider “${name}” gives a login of access.roles gets its roles, and there are several providers`;
      warn(what, hint, lineOf(["access", "providers", index]));
    }
  }
  const { idleMs, longestMs } = settings.sessions;
  if (section.sessions?.idle !== undefined && idleMs > longestMs) {
    const hint = "It ends at the longest time anyway.";
    warn(
      "access.sessions.idle is longer than access.sessions.longest",
      hint,
      lineOf(["access", "sessions", "idle"]),
    );
  }
  return found;
}
