/** Somebody proves with a passkey who he is (WebAuthn Level 3, section 7.2). */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
} from "@simplewebauthn/server";
import type { Passkey } from "../records.ts";
import { passkeyRefused, TIMEOUT_MS } from "./registration.ts";
import type { RelyingParty } from "./relyingParty.ts";

/** @param allowed absent: whichever passkey of this site somebody has */
export async function authenticationOptions(
  { id }: Pick<RelyingParty, "id">,
  challenge: Uint8Array<ArrayBuffer>,
  allowed: readonly Pick<Passkey, "id" | "transports">[] = [],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return await generateAuthenticationOptions({
    rpID: id,
    challenge,
    userVerification: "required",
    timeout: TIMEOUT_MS,
    allowCredentials: allowed.map((passkey) => ({ id: passkey.id, transports: [...passkey.transports] })),
  });
}

/** `copied`: the signature is right, but the device has counted less than before: there are two of it. */
export type PasskeyProof =
  | { readonly kind: "proven"; readonly counter: number; readonly isBackedUp: boolean }
  | { readonly kind: "copied" };

/**
 * @param response what the page sent; nothing of it is trusted
 * @throws AnchorwatchError `passkey_refused`
 */
export async function verifyAuthentication(
  response: AuthenticationResponseJSON,
  challenge: string,
  { id, origin }: RelyingParty,
  passkey: Passkey,
): Promise<PasskeyProof> {
  const { userHandle } = response.response;
  // Whom the device names must be whose passkey we know it as (section 7.2, step 6).
  if (userHandle !== undefined && Buffer.from(userHandle, "base64url").toString() !== passkey.userId) {
    throw passkeyRefused(undefined);
  }
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
    // Its own look at the counter comes as an error like any other; ours is below.
    credential: { id: passkey.id, publicKey: passkey.publicKey, counter: 0 },
  }).catch((cause: unknown) => {
    throw passkeyRefused(cause);
  });
  if (!verified) throw passkeyRefused(undefined);
  const { newCounter, credentialBackedUp } = authenticationInfo;
  const counts = newCounter > 0 || passkey.counter > 0;
  if (counts && newCounter <= passkey.counter) return { kind: "copied" };
  return { kind: "proven", counter: newCounter, isBackedUp: credentialBackedUp };
}
