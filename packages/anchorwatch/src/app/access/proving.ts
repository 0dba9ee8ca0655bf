/** Somebody who is signed in proves that it is still he. His session gets another secret with it. */
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { authenticationOptions } from "../../auth/passkey/authentication.ts";
import type { RelyingParty } from "../../auth/passkey/relyingParty.ts";
import type { AccessRecords } from "../../auth/records.ts";
import { digestOf } from "../../auth/secret.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AccessContext } from "./accessContext.ts";
import { rotate } from "./authenticating.ts";
import { accessEntry, actorOf, sessionRef, userRef } from "./entries.ts";
import { keepProof, passkeyNeeded } from "./freshProof.ts";
import { noteFailed } from "./noting.ts";
import { assertCurrentPassword } from "./ownPassword.ts";
import { makeChallenge, provenPasskey } from "./passkeyProofs.ts";
import { type PersonRequester, personOf } from "./person.ts";

/** The cookie from now on. */
export interface NewCookie {
  readonly secret: string;
  readonly endsAt: Date;
}

/** What `navigator.credentials.get` is asked for. */
export async function provingOptions(
  context: AccessContext,
  requester: PersonRequester,
  party: Pick<RelyingParty, "id">,
) {
  const known = await context.records.passkeys.of(requester.userId);
  return await authenticationOptions(party, await makeChallenge(context, purposeOf(requester)), known);
}

/**
 * The session is a strong one from then on.
 * @param cookie that he has now
 * @returns undefined: another request brought a new cookie meanwhile
 * @throws AnchorwatchError `passkey_refused`
 */
export async function proveAgain(
  context: AccessContext,
  requester: PersonRequester,
  response: AuthenticationResponseJSON,
  party: RelyingParty,
  cookie: string,
): Promise<NewCookie | undefined> {
  const { name, credentialId } = requester.principal;
  const refused = (reason: string) =>
    noteFailed(context, requester, { method: "passkey", reason, account: name });
  const proven = await provenPasskey(context, response, purposeOf(requester), party, refused);
  if (proven.userId !== requester.userId) {
    await refused("the passkey is somebody else's");
    throw new AnchorwatchError("passkey_refused", "that passkey is not yours");
  }
  return await context.records.transaction(async (inside) => {
    await proven.keep(inside);
    await inside.sessions.strengthen(credentialId);
    return await keepProven(context, inside, requester, "passkey", cookie);
  });
}

/**
 * For who has no passkey: a password proves less than one.
 * @throws AnchorwatchError `sign_in_refused`, `passwords_off`, `proof_needed`; TooOftenError
 */
export async function proveWithPassword(
  context: AccessContext,
  requester: PersonRequester,
  password: string,
  cookie: string,
): Promise<NewCookie | undefined> {
  const { records } = context;
  if ((await records.passkeys.of(requester.userId)).length > 0) throw passkeyNeeded();
  await assertCurrentPassword(context, requester, await personOf(records, requester), password);
  return await records.transaction((inside) => keepProven(context, inside, requester, "password", cookie));
}

async function keepProven(
  context: AccessContext,
  records: AccessRecords,
  requester: PersonRequester,
  method: "passkey" | "password",
  cookie: string,
): Promise<NewCookie | undefined> {
  const { userId, principal } = requester;
  const { credentialId } = principal;
  await keepProof(records, requester, context.now());
  const refs = [userRef(userId), sessionRef(credentialId)];
  await records.outbox.put([accessEntry(context, "session.proven", actorOf(requester), { method }, refs)]);
  const secret = await rotate({ ...context, records }, credentialId, digestOf(cookie));
  const session = (await records.sessions.of(userId)).find(({ id }) => id === credentialId);
  return secret === undefined || session === undefined ? undefined : { secret, endsAt: session.endsAt };
}

function purposeOf({ principal }: PersonRequester): string {
  return `prove ${principal.credentialId}`;
}
