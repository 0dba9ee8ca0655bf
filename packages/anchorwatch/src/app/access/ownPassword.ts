/** Somebody changes his own password, or chooses his first one. */
import { browserDoor, forgive, passDoors } from "../../auth/attempts/doors.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AccessContext } from "./accessContext.ts";
import { accessEntry, actorOf, userRef } from "./entries.ts";
import { assertFit } from "./fitPasswords.ts";
import { noteFailed } from "./noting.ts";
import { assertProven } from "./passkeys.ts";
import { type PersonRequester, personOf } from "./person.ts";
import { endSessionsOf } from "./sessions.ts";
import { passwordsOff } from "./signingIn.ts";

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
  const { records, settings, passwords, now } = context;
  if (!settings().passwords) throw passwordsOff();
  const { userId, principal } = requester;
  const user = await personOf(records, requester);
  if (user.kind !== "local") throw passwordsOff();
  const kept = await records.passwords.of(userId);
  if (kept === undefined) assertProven(requester, await records.passkeys.of(userId));
  else {
    const doors = [browserDoor(principal.credentialId)];
    await passDoors(records.attempts, doors, "changing the password", now());
    if ((await passwords.verify(kept.hash, current ?? "")) === "wrong") {
      await noteFailed(context, requester, {
        method: "password",
        reason: "wrong password",
        account: user.login,
      });
      throw new AnchorwatchError("sign_in_refused", "the password until now is another one");
    }
    await forgive(records.attempts, doors, now());
  }
  assertFit(wanted, user);
  const hash = await passwords.hash(wanted);
  await records.transaction(async (inside) => {
    await personOf(inside, requester);
    await inside.passwords.set(userId, hash, now());
    const data = { user: userId, name: user.login, credential: "password" } as const;
    const actor = actorOf(requester);
    await inside.outbox.put([accessEntry(context, "credential.added", actor, data, [userRef(userId)])]);
    const end = { cause: "revoked", reason: "The password was changed." } as const;
    await endSessionsOf(context, inside, userId, actor, end, principal.credentialId);
  });
}
