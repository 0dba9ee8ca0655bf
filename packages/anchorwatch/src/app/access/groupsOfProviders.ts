/**
 * Groups are written PROVIDER:GROUP, and the operator's file may give a provider's name to another issuer. What a group is called then is
 * the other issuer's to say: who is of the first one has it no more, from that moment on.
 */
import type { Principal } from "../../auth/principal.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import type { User } from "../../auth/user.ts";
import type { AccessContext } from "./accessContext.ts";
import type { AccessSettings } from "./accessSettings.ts";
import { OURSELVES } from "./entries.ts";
import { everyUser } from "./everyUser.ts";
import { endSessionsOf } from "./sessions.ts";

/** Of the groups that he was seen with, those that are his own provider's as the file names it now. */
export function groupsInForce(
  { issuer, groups }: Pick<User, "issuer" | "groups">,
  { providers }: Pick<AccessSettings, "providers">,
): readonly string[] {
  const own = providers.filter((provider) => provider.issuer === issuer).map(({ name }) => `${name}:`);
  return groups.filter((group) => own.some((name) => group.startsWith(name)));
}

/** With the roles that were given to those groups, and to him. @param assignments as they are kept for all groups that he was seen with */
export function standingOf(
  user: Pick<User, "issuer" | "groups">,
  assignments: readonly RoleAssignment[],
  settings: Pick<AccessSettings, "providers">,
): Pick<Principal, "groups" | "assignments"> {
  const groups = groupsInForce(user, settings);
  const isHis = ({ subject }: RoleAssignment) => subject.kind !== "group" || groups.includes(subject.group);
  return { groups, assignments: assignments.filter(isHis) };
}

/**
 * Forgets groups that are nobody's any more, and signs out who had them.
 * To be called at each start, and when the file is read again. @throws AnchorwatchError `database_*`
 */
export async function forgetForeignGroups(context: AccessContext): Promise<void> {
  await context.records.transaction(async (inside) => {
    await inside.users.lockAdministration();
    for await (const user of everyUser(inside)) {
      const groups = groupsInForce(user, context.settings());
      if (groups.length === user.groups.length) continue;
      await inside.users.seen(user.id, { groups, at: user.lastSeenAt ?? user.addedAt });
      const reason =
        "The operator's file gives the name of his identity provider to another one, or to none.";
      await endSessionsOf(context, inside, user.id, OURSELVES, { cause: "revoked", reason });
    }
  });
}
