/** What each role may where it counts, as the built-in policies say it. */
import { ACTIONS, type Action, type InstallationAction, type LabelledAction } from "../action.ts";
import { ROLES, type Role } from "../role.ts";
import { createAuthorizer } from "./authorizer.ts";
import { actionNames } from "./cedarSchema.ts";
import type { Question } from "./decision.ts";

export interface RolePermissions {
  readonly role: Role;
  readonly actions: Action[];
}

let permissions: RolePermissions[] | undefined;

/** They are what they are while the program runs. */
export function rolePermissions(): RolePermissions[] {
  permissions ??= decided();
  return permissions;
}

function decided(): RolePermissions[] {
  const authorizer = createAuthorizer([]);
  const all = ROLES.map((role) => ({
    role,
    actions: actionNames().filter((action) => {
      const subject = { kind: "login", login: "" } as const;
      const assignments = [{ id: "", role, subject, scope: {}, origin: "api" } as const];
      const who = { kind: "user", id: "", name: "", groups: [], channel: "session", strong: false } as const;
      return authorizer.decide({ ...who, assignments }, questionAbout(action)).allowed;
    }),
  }));
  authorizer.close();
  return all;
}

function questionAbout(action: Action): Question {
  return ACTIONS[action].on === "installation"
    ? { action: action as InstallationAction }
    : { action: action as LabelledAction, labels: {} };
}
