/** A passkey is made (WebAuthn Level 3, section 7.1). */
import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Passkey } from "../records.ts";
import type { UserId } from "../user.ts";
import { RELYING_PARTY_NAME, type RelyingParty } from "./relyingParty.ts";

/** What `navigator.credentials.create` is asked for: one that finds its user by itself, and sees that it is he. */
export async function registrationOptions(
  { id }: Pick<RelyingParty, "id">,
  user: { readonly id: UserId; readonly login: string; readonly name: string },
  known: readonly Pick<Passkey, "id" | "transports">[],
  challenge: Uint8Array<ArrayBuffer>,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return await generateRegistrationOptions({
    rpName: RELYING_PARTY_NAME,
    rpID: id,
    userID: new TextEncoder().encode(user.id),
    userName: user.login,
    userDisplayName: user.name,
    challenge,
    attestationType: "none",
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    excludeCredentials: known.map((passkey) => ({ id: passkey.id, transports: [...passkey.transports] })),
    supportedAlgorithmIDs: ALGORITHMS,
    timeout: TIMEOUT_MS,
  });
}

/** EdDSA, ES256, RS256 (which some of Windows have alone). */
const ALGORITHMS = [-8, -7, -257];
export const TIMEOUT_MS = 300_000;

export type MadePasskey = Pick<Passkey, "id" | "publicKey" | "counter" | "transports" | "isBackedUp">;

/**
 * @param response what the page sent; nothing of it is trusted
 * @throws AnchorwatchError `passkey_refused`
 */
export async function verifyRegistration(
  response: RegistrationResponseJSON,
  challenge: string,
  { id, origin }: RelyingParty,
): Promise<MadePasskey> {
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((cause: unknown) => {
    throw passkeyRefused(cause);
  });
  if (!verified.verified) throw passkeyRefused(undefined);
  const { credential, credentialBackedUp } = verified.registrationInfo;
  return {
    id: credential.id,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: (response.response.transports ?? []).slice(0, 10).map((name) => String(name).slice(0, 30)),
    isBackedUp: credentialBackedUp,
  };
}

/** What the library says of it is for whoever looks for the cause, not for whoever tries. */
export function passkeyRefused(cause: unknown): AnchorwatchError {
  return new AnchorwatchError("passkey_refused", "what the passkey answered does not hold", {
    hint: "Try again; with a passkey of this site, on a device that can tell that it is you.",
    cause,
  });
}
