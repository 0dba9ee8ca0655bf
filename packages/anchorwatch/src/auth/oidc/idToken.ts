/** What is checked of an ID token beside what the library checks (OpenID Connect Core 1.0, section 3.1.3.7). */
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Claims } from "./identity.ts";

/** A token that was made longer ago is of another sign-in. */
const OLDEST_S = 600;

/** @throws AnchorwatchError `sign_in_not_proven` */
export function assertTrustworthy(claims: Claims, clientId: string, now: Date, toleranceS: number): void {
  const { azp, iat } = claims;
  const seconds = now.getTime() / 1000;
  if (azp !== undefined && azp !== clientId) throw notProven("it was made for another client");
  if (typeof iat !== "number" || iat > seconds + toleranceS) throw notProven("it was made in the future");
  if (iat < seconds - OLDEST_S - toleranceS) throw notProven("it was made long ago");
}

function notProven(why: string): AnchorwatchError {
  return new AnchorwatchError("sign_in_not_proven", `the identity provider's token is not believed: ${why}`, {
    hint: "Sign in again. Should it stay so, tell an administrator: clocks may differ, or somebody may be meddling.",
  });
}
