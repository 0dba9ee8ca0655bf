/** Somebody's own password: chosen, changed, removed, or typed to prove that it is still he. */
import { browserDoor, forgive, passDoors } from "../../auth/attempts/doors.ts";
import type { AccessRecords } from "../../auth/records.ts";
import type { User } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AccessContext } from "./accessContext.ts";
import { accessEntry, actorOf, userRef } from "./entries.ts";
import { assertFit } from "./fitPasswords.ts";
import { assertProven } from "./freshProof.ts";
import { noteFailed } from "./noting.ts";
import { type PersonRequester, personOf } from "./person.ts";
import { endSessionsOf } from "./sessions.ts";
import { passwordsOff, signInRefused } from "./signingIn.ts";

export interface OwnPassword {
  /** Whether he may have one: the operator lets people, and he does not come from an identity provider. */
  readonly allowed: boolean;
  /** Absent: he has none. */
  readonly changedAt?: Date;
}

export async function ownPassword(
  { records, settings }: AccessContext,
  requester: PersonRequester,
): Promise<OwnPassword> {
  const user = await personOf(records, requester);
  const kept = await records.passwords.of(user.id);
  return {
    allowed: settings().passwords && user.kind === "local",
    ...(kept === undefined ? {} : { changedAt: kept.changedAt }),
  };
}

/**
 * He is signed out everywhere else.
 * @param current the password until now; absent where he has none
 * @throws AnchorwatchError `sign_in_refused`, `password_unfit`, `passwords_off`, `proof_needed`; TooOftenError
 */
export async function changeOwnPassword(
  context: AccessContext,
  requester: PersonRequester,
  { current, wanted }: { readonly current?: string; readonly wanted: string },
): Promise<void> {
  const { records, passwords, now } = context;
  const { userId } = requester;
  const user = await personOf(records, requester);
  const kept = await records.passwords.of(userId);
  if (kept !== undefined) await assertCurrentPassword(context, requester, user, current ?? "");
  else {
    assertAllowed(context, user);
    await assertProven(context, records, requester, await records.passkeys.of(userId));
  }
  assertFit(wanted, user);
  const hash = await passwords.hash(wanted);
  await records.transaction(async (inside) => {
    await personOf(inside, requester);
    // Who signs in with the one until now holds the user, and is ended with the others; or comes too late.
    await inside.users.seen(userId, { at: now() });
    if ((await inside.passwords.of(userId))?.hash !== kept?.hash) throw signInRefused();
    await inside.passwords.set(userId, hash, now());
    await keepChange(context, inside, requester, user, "added");
  });
}

/**
 * He is signed out everywhere else.
 * @returns false: he has none
 * @throws AnchorwatchError `proof_needed`, `last_way_in`
 */
export async function removeOwnPassword(
  context: AccessContext,
  requester: PersonRequester,
): Promise<boolean> {
  const { userId } = requester;
  return await context.records.transaction(async (inside) => {
    // Neither may he remove his passkeys at this moment.
    await inside.users.lockAdministration();
    const user = await personOf(inside, requester);
    await inside.users.seen(userId, { at: context.now() });
    if ((await inside.passwords.of(userId)) === undefined) return false;
    const passkeys = await inside.passkeys.of(userId);
    if (user.kind === "local" && passkeys.length === 0) {
      throw new AnchorwatchError("last_way_in", "it is your only way in", { hint: "Add a passkey first." });
    }
    await assertProven(context, inside, requester, passkeys);
    await inside.passwords.remove(userId);
    await keepChange(context, inside, requester, user, "removed");
    return true;
  });
}

async function keepChange(
  context: AccessContext,
  records: AccessRecords,
  requester: PersonRequester,
  { id, login }: User,
  what: "added" | "removed",
): Promise<void> {
  const actor = actorOf(requester);
  const data = { user: id, name: login, credential: "password" } as const;
  await records.outbox.put([accessEntry(context, `credential.${what}`, actor, data, [userRef(id)])]);
  const reason = what === "added" ? "The password was changed." : "The password was removed.";
  const end = { cause: "revoked", reason } as const;
  await endSessionsOf(context, records, id, actor, end, requester.principal.credentialId);
}

/** He is at his own session: wrong ones are counted there, and lock nobody out. @throws AnchorwatchError `sign_in_refused`, `passwords_off`; TooOftenError */
export async function assertCurrentPassword(
  context: AccessContext,
  requester: PersonRequester,
  user: User,
  typed: string,
): Promise<void> {
  const { records, passwords, now } = context;
  assertAllowed(context, user);
  const doors = [browserDoor(requester.principal.credentialId)];
  await passDoors(records.attempts, doors, "the password", now());
  const kept = await records.passwords.of(user.id);
  if ((await passwords.verify(kept?.hash, typed)) === "wrong") {
    await noteFailed(context, requester, {
      method: "password",
      reason: "wrong password",
      account: user.login,
    });
    throw new AnchorwatchError("sign_in_refused", "that is not your password");
  }
  await forgive(records.attempts, doors, now());
}

/** @throws AnchorwatchError `passwords_off` */
function assertAllowed({ settings }: AccessContext, { kind }: User): void {
  if (!settings().passwords || kind !== "local") throw passwordsOff();
}
