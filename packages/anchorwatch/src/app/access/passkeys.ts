/** The passkeys that somebody has, and how he changes them: whoever does proves first that it is still he. */
import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import { shortNameOf } from "../../auth/login.ts";
import { registrationOptions, verifyRegistration } from "../../auth/passkey/registration.ts";
import type { RelyingParty } from "../../auth/passkey/relyingParty.ts";
import type { Passkey } from "../../auth/records.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AccessContext } from "./accessContext.ts";
import { accessEntry, actorOf, userRef } from "./entries.ts";
import { assertProven } from "./freshProof.ts";
import { answerTo, makeChallenge } from "./passkeyProofs.ts";
import { type PersonRequester, personOf } from "./person.ts";
import { endSessionsOf } from "./sessions.ts";

/** More is a mistake, or somebody who fills the database. */
const MOST = 20;

export async function passkeysOf(
  context: AccessContext,
  requester: PersonRequester,
): Promise<readonly Passkey[]> {
  return await context.records.passkeys.of(requester.userId);
}

/** @throws AnchorwatchError `proof_needed`, `request_conflict` */
export async function newPasskeyOptions(
  context: AccessContext,
  requester: PersonRequester,
  party: Pick<RelyingParty, "id">,
) {
  const { records } = context;
  const known = await records.passkeys.of(requester.userId);
  await assertProven(context, records, requester, known);
  assertRoom(known);
  const user = await personOf(records, requester);
  return await registrationOptions(party, user, known, await makeChallenge(context, addPurpose(requester)));
}

/** @throws AnchorwatchError `proof_needed`, `passkey_refused`, `passkey_known`, `request_conflict` */
export async function addPasskey(
  context: AccessContext,
  requester: PersonRequester,
  { response, label }: { readonly response: RegistrationResponseJSON; readonly label: string },
  party: RelyingParty,
): Promise<Passkey> {
  const { records, now } = context;
  const made = await answerTo(context, response.response, addPurpose(requester), (challenge) =>
    verifyRegistration(response, challenge, party),
  );
  const { userId } = requester;
  const name = passkeyLabelOf(label);
  const passkey: Passkey = { ...made, userId, name, addedAt: now() };
  await records.transaction(async (inside) => {
    const user = await personOf(inside, requester);
    const known = await inside.passkeys.of(userId);
    await assertProven(context, inside, requester, known);
    assertRoom(known);
    await inside.passkeys.add(passkey);
    const data = { user: userId, name: user.login, credential: "passkey", label: name } as const;
    await inside.outbox.put([
      accessEntry(context, "credential.added", actorOf(requester), data, [userRef(userId)]),
    ]);
  });
  return passkey;
}

/**
 * Whoever has the device is signed out elsewhere, too.
 * @returns false: he has none of that id
 * @throws AnchorwatchError `proof_needed`, `last_way_in`
 */
export async function removePasskey(
  context: AccessContext,
  requester: PersonRequester,
  id: string,
): Promise<boolean> {
  const { userId, principal } = requester;
  return await context.records.transaction(async (inside) => {
    // Two at once must not both find the other one's passkey still there.
    await inside.users.lockAdministration();
    const user = await personOf(inside, requester);
    // Who signs in with it at this moment holds the user, and is ended with the others; or comes too late.
    await inside.users.seen(userId, { at: context.now() });
    const known = await inside.passkeys.of(userId);
    const passkey = known.find((one) => one.id === id);
    if (passkey === undefined) return false;
    await assertProven(context, inside, requester, known);
    const hasPassword = context.settings().passwords && (await inside.passwords.of(userId)) !== undefined;
    if (user.kind === "local" && known.length === 1 && !hasPassword) {
      throw new AnchorwatchError("last_way_in", "it is your only way in", {
        hint: "Add another passkey or a password first.",
      });
    }
    await inside.passkeys.remove(userId, id);
    const data = { user: userId, name: user.login, credential: "passkey", label: passkey.name } as const;
    const actor = actorOf(requester);
    await inside.outbox.put([accessEntry(context, "credential.removed", actor, data, [userRef(userId)])]);
    const end = { cause: "revoked", reason: "A passkey was removed." } as const;
    await endSessionsOf(context, inside, userId, actor, end, principal.credentialId);
    return true;
  });
}

/** @throws AnchorwatchError `request_conflict` */
function assertRoom(known: readonly Passkey[]): void {
  if (known.length < MOST) return;
  throw new AnchorwatchError("request_conflict", `you have ${MOST} passkeys already`, {
    hint: "Remove one that you do not use any more.",
  });
}

/** What people call their passkey. */
export function passkeyLabelOf(typed: string): string {
  return shortNameOf(typed) ?? "Passkey";
}

function addPurpose({ principal }: PersonRequester): string {
  return `add ${principal.credentialId}`;
}
