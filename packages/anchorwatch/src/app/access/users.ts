/** Administrators see to users: invite, change, remove. */
import { displayNameOf, isLogin, loginOf } from "../../auth/login.ts";
import type { AccessRecords } from "../../auth/records.ts";
import type { User, UserId } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AccessContext } from "./accessContext.ts";
import { leavingAdministrators } from "./administrators.ts";
import { accessEntry, actorOf, userRef } from "./entries.ts";
import type { KnownRequester } from "./requester.ts";
import { endRolesOf, moveRolesOf } from "./roleAssignments.ts";
import { endSessionsOf } from "./sessions.ts";
import { notALogin } from "./settingUp.ts";
import { INVITATION_MS, makeInvitation } from "./setupLinks.ts";
import { revokedEntry } from "./tokens.ts";

export interface Invitation {
  readonly user: User;
  /** Of the link; shown once. */
  readonly secret: string;
  readonly expiresAt: Date;
}

/** @throws AnchorwatchError `user_login_taken`, `request_invalid` */
export async function inviteUser(
  context: AccessContext,
  requester: KnownRequester,
  wanted: { readonly login: string; readonly name?: string; readonly email?: string },
): Promise<Invitation> {
  const { records, newId, now } = context;
  const login = assertLogin(wanted.login);
  const user: User = {
    id: newId() as UserId,
    kind: "local",
    login,
    name: displayNameOf(wanted.name ?? "") ?? login,
    ...(wanted.email === undefined ? {} : { email: wanted.email }),
    status: "active",
    groups: [],
    version: 1,
    addedAt: now(),
  };
  return await records.transaction(async (inside) => {
    await inside.users.add(user);
    const data = { user: user.id, name: login, how: "invited" } as const;
    await inside.outbox.put([
      accessEntry(context, "user.added", actorOf(requester), data, [userRef(user.id)]),
    ]);
    return await invitationOf(context, inside, requester, user);
  });
}

/**
 * Another link for somebody who has lost his way in, or never used the first; the ones before are dead.
 * @throws AnchorwatchError `request_conflict`: he does not sign in here
 */
export async function inviteAgain(
  context: AccessContext,
  requester: KnownRequester,
  id: UserId,
): Promise<Invitation | undefined> {
  return await context.records.transaction(async (inside) => {
    const user = await inside.users.byId(id);
    if (user === undefined || user.status === "removed") return undefined;
    if (user.kind !== "local" || user.status !== "active") {
      throw new AnchorwatchError("request_conflict", `${user.login} cannot get a link`, {
        hint: user.kind === "oidc" ? "He signs in with the identity provider." : "Enable the account first.",
      });
    }
    const changed = await inside.users.change(id, user.version, {}, context.now());
    if (typeof changed === "string") throw outdated();
    return await invitationOf(context, inside, requester, changed);
  });
}

async function invitationOf(
  context: AccessContext,
  records: AccessRecords,
  requester: KnownRequester,
  user: User,
): Promise<Invitation> {
  const secret = await makeInvitation(context, records, user);
  const data = { user: user.id, name: user.login, credential: "invitation" } as const;
  await records.outbox.put([
    accessEntry(context, "credential.added", actorOf(requester), data, [userRef(user.id)]),
  ]);
  return { user, secret, expiresAt: new Date(context.now().getTime() + INVITATION_MS) };
}

export interface UserChanges {
  readonly login?: string;
  readonly name?: string;
  readonly email?: string;
  readonly status?: "active" | "disabled";
}

/**
 * @param version that was read; undefined: whatever it is
 * @throws AnchorwatchError `request_outdated`, `last_administrator`, `user_login_taken`, `request_invalid`, `request_conflict`
 */
export async function changeUser(
  context: AccessContext,
  requester: KnownRequester,
  id: UserId,
  version: number | undefined,
  wanted: UserChanges,
): Promise<User | undefined> {
  const { records, settings } = context;
  return await records.transaction((inside) =>
    leavingAdministrators(inside, settings(), async () => {
      const before = await inside.users.byId(id);
      if (before === undefined || before.status === "removed") return undefined;
      const changes = changesOf(before, wanted);
      if (changes.status === "disabled") await endEverything(context, inside, requester, before, "disabled");
      const changed = await inside.users.change(id, version, changes, context.now());
      if (typeof changed === "string") throw outdated();
      if (changed.login !== before.login) {
        await moveRolesOf(context, inside, actorOf(requester), before, changed);
      }
      const told = toldChanges(before, changed);
      if (told.length > 0) {
        const data = { user: id, name: changed.login, changes: told };
        await inside.outbox.put([
          accessEntry(context, "user.changed", actorOf(requester), data, [userRef(id)]),
        ]);
      }
      return changed;
    }),
  );
}

/** What an identity provider says of its people, it says again the next time that they sign in. */
function changesOf(before: User, { login, name, email, status }: UserChanges): UserChanges {
  if (before.kind === "oidc" && (login !== undefined || name !== undefined || email !== undefined)) {
    throw new AnchorwatchError("request_conflict", `${before.login} comes from an identity provider`, {
      hint: "Change names and addresses there; here he can be disabled or removed.",
    });
  }
  const shown = name === undefined ? undefined : displayNameOf(name);
  return {
    ...(login === undefined ? {} : { login: assertLogin(login) }),
    ...(shown === undefined ? {} : { name: shown }),
    ...(email === undefined ? {} : { email }),
    ...(status === undefined ? {} : { status }),
  };
}

function toldChanges(before: User, after: User): string[] {
  const told: string[] = [];
  if (before.login !== after.login) told.push(`login: ${before.login} → ${after.login}`);
  if (before.name !== after.name) told.push(`name: ${after.name}`);
  if (before.email !== after.email) told.push(`email: ${after.email ?? ""}`);
  if (before.status !== after.status) told.push(`status: ${after.status}`);
  return told;
}

/**
 * His name stays where he did something; he never comes back. False: there is none of that id.
 * @throws AnchorwatchError `last_administrator`, `request_outdated`
 */
export async function removeUser(
  context: AccessContext,
  requester: KnownRequester,
  id: UserId,
  version: number | undefined,
): Promise<boolean> {
  const { records, settings } = context;
  return await records.transaction((inside) =>
    leavingAdministrators(inside, settings(), async () => {
      const user = await inside.users.byId(id);
      if (user === undefined || user.status === "removed") return false;
      await endEverything(context, inside, requester, user, "removed");
      await endRolesOf(context, inside, actorOf(requester), user);
      const removed = await inside.users.change(id, version, { status: "removed" }, context.now());
      if (removed === "outdated") throw outdated();
      if (removed === "unknown") return false;
      const data = { user: id, name: user.login };
      await inside.outbox.put([
        accessEntry(context, "user.removed", actorOf(requester), data, [userRef(id)]),
      ]);
      return true;
    }),
  );
}

async function endEverything(
  context: AccessContext,
  records: AccessRecords,
  requester: KnownRequester,
  { id }: User,
  what: "disabled" | "removed",
): Promise<void> {
  const actor = actorOf(requester);
  await endSessionsOf(context, records, id, actor, { cause: "revoked", reason: `The user was ${what}.` });
  const revoked = await records.tokens.revokeAll(id, context.now());
  await records.outbox.put(revoked.map((token) => revokedEntry(context, token, actor)));
}

/** @throws AnchorwatchError `request_invalid` */
function assertLogin(typed: string): string {
  const login = loginOf(typed);
  if (isLogin(login)) return login;
  throw notALogin(login);
}

function outdated(): AnchorwatchError {
  return new AnchorwatchError("request_outdated", "somebody else changed the user since you read it", {
    hint: "Read it again, and send the ETag that you get then.",
  });
}
