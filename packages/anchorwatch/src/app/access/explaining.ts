/** Whom an administrator or auditor asks about, as he would come in now. */
import type { Asking } from "../../auth/authorize/authorizer.ts";
import type { AccessRecords } from "../../auth/records.ts";
import type { UserId } from "../../auth/user.ts";
import { assignmentsOf } from "./assignmentsOf.ts";

export interface AskedAbout {
  /** A login, a user's id, or `workload:NAME`. */
  readonly user: string;
  readonly channel: "session" | "token";
  readonly strong: boolean;
}

/** Of somebody who never signed in, what his login alone gives him. His roles of the operator's file are joined later. */
export async function askingAbout(
  { users, assignments }: Pick<AccessRecords, "users" | "assignments">,
  { user, channel, strong }: AskedAbout,
): Promise<Asking> {
  const given = await assignments.list();
  const workload = /^workload:(.+)$/s.exec(user)?.[1];
  if (workload !== undefined) {
    const common = { groups: [], channel: "workload", strong: false, assignments: [] } as const;
    const pipeline: Asking = { kind: "workload", id: workload, name: workload, ...common };
    return { ...pipeline, assignments: assignmentsOf(pipeline, given) };
  }
  const found = (await users.byLogin(user.toLowerCase())) ?? (await users.byId(user as UserId));
  const { id = "", login, groups } = found ?? { login: user.toLowerCase(), groups: [] };
  const who: Asking = { kind: "user", id, name: login, groups, channel, strong, assignments: [] };
  return { ...who, assignments: assignmentsOf(who, given) };
}
