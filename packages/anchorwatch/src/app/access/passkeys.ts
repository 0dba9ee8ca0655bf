/** The ways in that somebody has, and how he changes them. Whoever has a passkey proves with it first that it is still he. */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { displayNameOf } from "../../auth/login.ts";
import { authenticationOptions } from "../../auth/passkey/authentication.ts";
import { registrationOptions, verifyRegistration } from "../../auth/passkey/registration.ts";
import type { RelyingParty } from "../../auth/passkey/relyingParty.ts";
import type { Passkey } from "../../auth/records.ts";
import { digestOf } from "../../auth/secret.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AccessContext } from "./accessContext.ts";
import { rotate } from "./authenticating.ts";
import { accessEntry, actorOf, sessionRef, userRef } from "./entries.ts";
import { noteFailed } from "./noting.ts";
import { answerTo, makeChallenge, provenPasskey } from "./passkeyProofs.ts";
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
  assertProven(requester, known);
  if (known.length >= MOST) {
    throw new AnchorwatchError("request_conflict", `you have ${MOST} passkeys already`, {
      hint: "Remove one that you do not use any more.",
    });
  }
  const user = await personOf(records, requester);
  return await registrationOptions(party, user, known, await makeChallenge(context, addPurpose(requester)));
}

/** @throws AnchorwatchError `proof_needed`, `passkey_refused`, `passkey_known` */
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
    assertProven(requester, await inside.passkeys.of(userId));
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
    const known = await inside.passkeys.of(userId);
    const passkey = known.find((one) => one.id === id);
    if (passkey === undefined) return false;
    assertProven(requester, known);
    const hasPassword = context.settings().passwords && (await inside.passwords.of(userId)) !== undefined;
    if (user.kind === "local" && known.length === 1 && !hasPassword) {
      throw new AnchorwatchError("last_way_in", "it is your only way in", {
        hint: "Add another passkey first.",
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

/** What `navigator.credentials.get` is asked for, to prove it again. */
export async function provingOptions(
  context: AccessContext,
  requester: PersonRequester,
  party: Pick<RelyingParty, "id">,
) {
  const known = await context.records.passkeys.of(requester.userId);
  return await authenticationOptions(party, await makeChallenge(context, provePurpose(requester)), known);
}

/**
 * It is still he: the session becomes a strong one, with another secret.
 * @param cookie that he has now
 * @returns the new secret of the cookie; undefined: another request brought one meanwhile
 * @throws AnchorwatchError `passkey_refused`
 */
export async function proveAgain(
  context: AccessContext,
  requester: PersonRequester,
  response: AuthenticationResponseJSON,
  party: RelyingParty,
  cookie: string,
): Promise<{ readonly secret: string; readonly endsAt: Date } | undefined> {
  const { name, credentialId } = requester.principal;
  const refused = (reason: string) =>
    noteFailed(context, requester, { method: "passkey", reason, account: name });
  const proven = await provenPasskey(context, response, provePurpose(requester), party, refused);
  if (proven.userId !== requester.userId) {
    await refused("the passkey is somebody else's");
    throw new AnchorwatchError("passkey_refused", "that passkey is not yours");
  }
  return await context.records.transaction(async (inside) => {
    await proven.keep(inside);
    await inside.sessions.strengthen(credentialId);
    const refs = [userRef(requester.userId), sessionRef(credentialId)];
    await inside.outbox.put([
      accessEntry(context, "session.proven", actorOf(requester), { method: "passkey" }, refs),
    ]);
    const secret = await rotate({ ...context, records: inside }, credentialId, digestOf(cookie));
    const session = (await inside.sessions.of(requester.userId)).find(({ id }) => id === credentialId);
    return secret === undefined || session === undefined ? undefined : { secret, endsAt: session.endsAt };
  });
}

/** Who has a passkey changes his ways in with it: a stolen cookie is no way to get one of one's own. */
export function assertProven({ principal }: PersonRequester, passkeys: readonly Passkey[]): void {
  if (passkeys.length === 0 || principal.strong) return;
  throw new AnchorwatchError("proof_needed", "prove with a passkey first that it is you", {
    hint: "POST /api/v1/session/proof does it; pages ask for it by themselves.",
  });
}

/** What people call their passkey. */
export function passkeyLabelOf(typed: string): string {
  return displayNameOf(typed)?.slice(0, 80) ?? "Passkey";
}

function addPurpose({ principal }: PersonRequester): string {
  return `add ${principal.credentialId}`;
}

function provePurpose({ principal }: PersonRequester): string {
  return `prove ${principal.credentialId}`;
}
