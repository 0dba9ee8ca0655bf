/** What went wrong while a person came back from his provider, in our words. Messages of others hold tokens: only their codes are told. */
import * as openid from "openid-client";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { IdentityProvider } from "./identityProvider.ts";

export function signInError(error: unknown, { title }: IdentityProvider): AnchorwatchError {
  const ours = thrownByUs(error);
  if (ours !== undefined) return ours;
  if (error instanceof openid.AuthorizationResponseError) {
    return new AnchorwatchError(
      "sign_in_provider_refused",
      `${title} did not sign you in: ${codeOf(error.error)}`,
      { hint: "Begin again, and agree there to what it asks. An administrator finds more in its log." },
    );
  }
  if (error instanceof openid.ResponseBodyError) {
    return new AnchorwatchError(
      "sign_in_provider_refused",
      `${title} did not exchange the code of your sign-in: ${codeOf(error.error)}`,
      {
        hint: "Begin again. invalid_client: the client's id or secret in anchorwatch.server.yaml is not the right one.",
      },
    );
  }
  if (error instanceof openid.ClientError || error instanceof openid.WWWAuthenticateChallengeError) {
    return new AnchorwatchError(
      "sign_in_not_proven",
      `what ${title} answered is not believed: ${wordsOf(error)}`,
      { hint: "Begin again. Should it stay so, tell an administrator: somebody may be meddling." },
    );
  }
  return new AnchorwatchError("sign_in_not_proven", `what ${title} answered cannot be read`, {
    hint: "Begin again. Should it stay so, tell an administrator.",
  });
}

/** Our own fetch throws through the library, which may wrap it. */
function thrownByUs(error: unknown): AnchorwatchError | undefined {
  if (error instanceof AnchorwatchError) return error;
  return error instanceof Error && error.cause !== undefined ? thrownByUs(error.cause) : undefined;
}

/** The library's own words are fixed ones; `cause` is what holds claims and tokens. */
function wordsOf({ message, cause }: Error): string {
  const more = cause instanceof Error && cause.message !== message ? `: ${cause.message}` : "";
  const words = `${message}${more}`;
  return words.length > 200 ? `${words.slice(0, 200)}…` : words;
}

/** RFC 6749, appendix A.7: what a provider calls an error. */
function codeOf(code: string): string {
  return /^[a-z_]{1,60}$/.test(code) ? code : "an error without a name";
}
