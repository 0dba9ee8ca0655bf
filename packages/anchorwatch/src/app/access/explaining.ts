/** Whom an administrator or auditor asks about, as he would come in now. */
import type { Asking } from "../../auth/authorize/authorizer.ts";
import { loginOf } from "../../auth/login.ts";
import type { AccessRecords } from "../../auth/records.ts";
import type { UserId } from "../../auth/user.ts";
import type { AccessSettings } from "./accessSettings.ts";
import { assignmentsOf } from "./assignmentsOf.ts";
import { groupsInForce } from "./groupsOfProviders.ts";
import { type Barred, whyBarred, whyPipelineBarred } from "./mayComeIn.ts";

export interface AskedAbout {
  /** A login, a user's id, or `workload:NAME`. */
  readonly user: string;
  readonly channel: "session" | "token";
  readonly strong: boolean;
}

export interface Somebody {
  readonly who: Asking;
  /** Why he does not even come in; undefined: he does. */
  readonly barred: Barred | undefined;
}

/** Of somebody who never signed in, what his login alone gives him. His roles of the operator's file are joined later. */
export async function askingAbout(
  { users, assignments }: Pick<AccessRecords, "users" | "assignments">,
  settings: Pick<AccessSettings, "providers" | "workloads">,
  { user, channel, strong }: AskedAbout,
): Promise<Somebody> {
  const given = await assignments.list();
  const workload = /^workload:(.+)$/s.exec(user)?.[1];
  if (workload !== undefined) {
    const common = { groups: [], channel: "workload", strong: false, assignments: [] } as const;
    const pipeline: Asking = { kind: "workload", id: workload, name: workload, ...common };
    return {
      who: { ...pipeline, assignments: assignmentsOf(pipeline, given) },
      barred: whyPipelineBarred(workload, settings),
    };
  }
  const found = (await users.byLogin(loginOf(user))) ?? (await users.byId(user as UserId));
  const { id = "", login } = found ?? { login: loginOf(user) };
  const groups = found === undefined ? [] : groupsInForce(found, settings);
  const who: Asking = { kind: "user", id, name: login, groups, channel, strong, assignments: [] };
  return {
    who: { ...who, assignments: assignmentsOf(who, given) },
    barred: found === undefined ? undefined : whyBarred(found, settings),
  };
}
