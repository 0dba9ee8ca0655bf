/** People, pipelines and roles for tests. */
import type { Labels } from "../../domain/labels.ts";
import type { Role, RoleAssignment } from "../role.ts";
import type { Asking } from "./authorizer.ts";

let ids = 0;

export function person(given: Partial<Asking> = {}): Asking {
  return {
    kind: "user",
    id: "01J0",
    name: "maria",
    groups: [],
    channel: "session",
    strong: false,
    assignments: [],
    ...given,
  };
}

export function has(role: Role, scope: Labels = {}, login = "maria"): RoleAssignment {
  return { id: `r${++ids}`, role, subject: { kind: "login", login }, scope, origin: "api" };
}
