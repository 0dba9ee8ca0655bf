/**
 * Whether it is still the person who signed in. Whoever changes his ways in, makes a token or lets a program in has proven himself within
 * the last minutes: a cookie that somebody copied is no way to get a way in of one's own.
 */
import type { AccessRecords, Passkey } from "../../auth/records.ts";
import { digestOf } from "../../auth/secret.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AccessContext } from "./accessContext.ts";
import type { PersonRequester } from "./person.ts";

/** A sign-in, or a proof after it, counts so long. */
const FRESH_MS = 10 * 60_000;
const PROOF = "proof";

/**
 * Who has a passkey has proven himself with it, or by another sign-in that is strong.
 * @param passkeys that he has
 * @throws AnchorwatchError `proof_needed`
 */
export async function assertProven(
  { now }: Pick<AccessContext, "now">,
  records: AccessRecords,
  requester: PersonRequester,
  passkeys: readonly Passkey[],
): Promise<void> {
  const isEnough = passkeys.length === 0 || requester.principal.strong;
  if (isEnough && (await isFresh(records, requester, now()))) return;
  throw passkeys.length > 0 ? passkeyNeeded() : await otherProofNeeded(records, requester);
}

async function isFresh(
  { sessions, ceremonies }: AccessRecords,
  { userId, principal: { credentialId } }: PersonRequester,
  now: Date,
): Promise<boolean> {
  const session = (await sessions.of(userId)).find(({ id }) => id === credentialId);
  if (session !== undefined && now.getTime() - session.startedAt.getTime() < FRESH_MS) return true;
  return (await ceremonies.peek(PROOF, proofOf(credentialId), now)) !== undefined;
}

/** He has proven himself again. @param records of the caller's transaction */
export async function keepProof(
  { ceremonies }: AccessRecords,
  { principal: { credentialId } }: PersonRequester,
  now: Date,
): Promise<void> {
  const digest = proofOf(credentialId);
  // The one before goes first, also when it is over already.
  await ceremonies.take(PROOF, digest, new Date(0));
  await ceremonies.put(PROOF, digest, {}, new Date(now.getTime() + FRESH_MS));
}

function proofOf(sessionId: string): Uint8Array {
  return digestOf(sessionId);
}

export function passkeyNeeded(): AnchorwatchError {
  return new AnchorwatchError("proof_needed", "prove with a passkey first that it is you", {
    hint: "POST /api/v1/session/proof does it; pages ask for it by themselves.",
  });
}

async function otherProofNeeded(
  { passwords }: AccessRecords,
  { userId }: PersonRequester,
): Promise<AnchorwatchError> {
  if ((await passwords.of(userId)) === undefined) {
    return new AnchorwatchError("proof_needed", "it is too long ago that you signed in", {
      hint: "Sign in again, and do it within ten minutes.",
    });
  }
  return new AnchorwatchError("proof_needed", "prove with your password first that it is you", {
    hint: "POST /api/v1/session/proof/password does it; pages ask for it by themselves.",
  });
}
