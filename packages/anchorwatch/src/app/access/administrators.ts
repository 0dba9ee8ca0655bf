/** Who can change users and roles; there is always somebody. */
import type { AccessRecords } from "../../auth/records.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import type { User, UserId } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AccessSettings } from "./accessSettings.ts";
import { everyUser } from "./everyUser.ts";
import { groupsInForce } from "./groupsOfProviders.ts";
import { mayComeIn } from "./mayComeIn.ts";

/** Active users who are administrators everywhere, by the file or by API, and have a way in. */
export async function administratorsOf(
  records: AccessRecords,
  settings: Pick<AccessSettings, "assignments" | "providers" | "passwords">,
): Promise<ReadonlySet<UserId>> {
  const all = [...settings.assignments, ...(await records.assignments.list())];
  const assignments = all.filter(
    ({ role, scope }) => role === "administrator" && Object.keys(scope).length === 0,
  );
  const found = new Map<UserId, User>();
  for (const assignment of assignments) {
    const { subject } = assignment;
    for await (const user of usersOf(records, assignment)) {
      const isHis = subject.kind !== "group" || groupsInForce(user, settings).includes(subject.group);
      if (isHis) found.set(user.id, user);
    }
  }
  const able = new Set<UserId>();
  for (const user of found.values()) if (await hasWayIn(records, user, settings)) able.add(user.id);
  return able;
}

/** Users that an assignment is for, as far as there are any yet. */
export async function* usersOf(
  records: AccessRecords,
  { subject }: Pick<RoleAssignment, "subject">,
): AsyncGenerator<User> {
  switch (subject.kind) {
    case "user":
    case "login": {
      const user =
        subject.kind === "user"
          ? await records.users.byId(subject.id)
          : await records.users.byLogin(subject.login);
      if (user !== undefined) yield user;
      return;
    }
    case "group":
      for await (const user of everyUser(records)) if (user.groups.includes(subject.group)) yield user;
      return;
    case "workload":
  }
}

async function hasWayIn(
  records: AccessRecords,
  user: User,
  settings: Pick<AccessSettings, "providers" | "passwords">,
): Promise<boolean> {
  const { id, kind } = user;
  if (!mayComeIn(user, settings)) return false;
  if (kind === "oidc") return true;
  if ((await records.passkeys.of(id)).length > 0) return true;
  return settings.passwords && (await records.passwords.of(id)) !== undefined;
}

/**
 * Does what may take administration from somebody. A pipeline is nobody here, since it cannot help people who are shut out: where only
 * pipelines are administrators, nothing is taken from anybody, and the next start prints a link for the first one.
 * @param records of the caller's transaction
 * @throws AnchorwatchError `last_administrator`: of those who could change users and roles nobody would be left
 */
export async function leavingAdministrators<Result>(
  records: AccessRecords,
  settings: Pick<AccessSettings, "assignments" | "providers" | "passwords">,
  work: () => Promise<Result>,
): Promise<Result> {
  await records.users.lockAdministration();
  const before = await administratorsOf(records, settings);
  const result = await work();
  if (before.size === 0 || (await administratorsOf(records, settings)).size > 0) return result;
  throw new AnchorwatchError("last_administrator", "nobody would be left who can change users and roles", {
    hint: "Make somebody else an administrator first, who has a passkey or a password.",
  });
}
