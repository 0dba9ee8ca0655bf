/** What passkeys are asked to sign, and who it was that signed. Each challenge is good once. */
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { verifyAuthentication } from "../../auth/passkey/authentication.ts";
import { challengeEnd, challengeOf, newChallenge } from "../../auth/passkey/challenge.ts";
import { passkeyRefused } from "../../auth/passkey/registration.ts";
import type { RelyingParty } from "../../auth/passkey/relyingParty.ts";
import type { AccessRecords } from "../../auth/records.ts";
import { digestOf } from "../../auth/secret.ts";
import type { UserId } from "../../auth/user.ts";
import type { AccessContext } from "./accessContext.ts";

const CHALLENGE_MS = 5 * 60_000;

/** @param purpose what the answer may be used for, and by whom */
export async function makeChallenge(
  context: AccessContext,
  purpose: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const end = new Date(context.now().getTime() + CHALLENGE_MS);
  return newChallenge(await challengeKey(context), purpose, end, context.randomBytes);
}

/**
 * Verifies an answer against the challenge that it is for, which is used from then on. Only what holds is remembered: nobody fills the
 * database with answers that do not.
 * @throws AnchorwatchError `passkey_refused`: it is not ours, for something else, over, or used; and whatever `verify` throws
 */
export async function answerTo<Verified>(
  context: AccessContext,
  response: { readonly clientDataJSON: string },
  purpose: string,
  verify: (challenge: string) => Promise<Verified>,
): Promise<Verified> {
  const challenge = challengeOf(response);
  if (challenge === undefined) throw passkeyRefused(undefined);
  const end = challengeEnd(challenge, await challengeKey(context), purpose, context.now());
  if (end === undefined) throw passkeyRefused(undefined);
  const verified = await verify(challenge);
  const isFirst = await context.records.ceremonies.put("passkey used", digestOf(challenge), {}, end);
  if (!isFirst) throw passkeyRefused(undefined);
  return verified;
}

export interface ProvenPasskey {
  readonly userId: UserId;
  /** Keeps that it was used. @param records of the caller's transaction. @throws AnchorwatchError `passkey_refused`: it was removed meanwhile */
  readonly keep: (records: AccessRecords) => Promise<void>;
}

/**
 * Whose passkey signed that challenge.
 * @param onRefused told why, before it is thrown; with the user whose passkey it was, if any
 * @throws AnchorwatchError `passkey_refused`
 */
export async function provenPasskey(
  context: AccessContext,
  response: AuthenticationResponseJSON,
  purpose: string,
  party: RelyingParty,
  onRefused: (reason: string, userId?: UserId) => Promise<void>,
): Promise<ProvenPasskey> {
  const { records, now } = context;
  const passkey = await records.passkeys.byId(response.id);
  if (passkey === undefined) {
    await onRefused("the passkey is not known");
    throw passkeyRefused(undefined);
  }
  const { id, userId } = passkey;
  const proof = await answerTo(context, response.response, purpose, (challenge) =>
    verifyAuthentication(response, challenge, party, passkey),
  ).catch(async (error: unknown) => {
    await onRefused("the passkey's answer does not hold", userId);
    throw error;
  });
  if (proof.kind === "copied") {
    await onRefused("the passkey has counted backwards: there may be a copy of it", userId);
    throw passkeyRefused(undefined);
  }
  const keep = async (inside: AccessRecords) => {
    if ((await inside.passkeys.byId(id)) === undefined) throw passkeyRefused(undefined);
    await inside.passkeys.used(id, proof.counter, proof.isBackedUp, now());
  };
  return { userId, keep };
}

function challengeKey({ records, randomBytes }: AccessContext): Promise<Uint8Array> {
  return records.secrets.get("passkey challenges", randomBytes(32));
}
