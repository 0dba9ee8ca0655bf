/** People sign in at an identity provider and come back. */
import { timingSafeEqual } from "node:crypto";
import { type Door, passDoors } from "../../auth/attempts/doors.ts";
import { networkOf } from "../../auth/attempts/network.ts";
import { type Identity, identityOf } from "../../auth/oidc/identity.ts";
import type { IdentityProvider } from "../../auth/oidc/identityProvider.ts";
import type { Begun, OpenidProviders } from "../../auth/oidc/openidProviders.ts";
import { returnPath } from "../../auth/oidc/returnPath.ts";
import { digestOf, isSecret, newSecret } from "../../auth/secret.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { AccessContext } from "./accessContext.ts";
import { noteFailed } from "./noting.ts";
import { type Admitted, admit } from "./oidcAdmission.ts";
import type { Requester } from "./requester.ts";

export interface OidcContext extends AccessContext {
  readonly openid: OpenidProviders;
}

export interface BeginOidc {
  /** Name of the provider. */
  readonly provider: string;
  /** Where the provider sends him back to. */
  readonly redirectUri: string;
  /** Where he wants to go; whatever a link said. */
  readonly returnTo: string | undefined;
  /** The cookie of an earlier sign-in that may still be under way in another window. */
  readonly browser: string | undefined;
}

export interface BegunOidc {
  /** Where he goes now. */
  readonly url: string;
  /** For a cookie: only the browser that began can finish. */
  readonly browser: string;
  readonly expiresAt: Date;
}

const KIND = "oidc";
const PATIENCE_MS = 10 * 60_000;

/** @throws AnchorwatchError `sign_in_provider_unknown`, `sign_in_provider_unreachable`, `sign_in_provider_invalid`; TooOftenError */
export async function beginOidc(
  context: OidcContext,
  { provider: name, redirectUri, returnTo, browser: given }: BeginOidc,
  requester: Requester,
): Promise<BegunOidc> {
  const { records, openid, now, randomBytes } = context;
  const provider = providerOf(context, name);
  await passDoors(records.attempts, [doorOf(requester)], "signing in", now());
  const { url, begun } = await openid.begin(provider, redirectUri);
  const browser = given !== undefined && isSecret(given) ? given : newSecret(randomBytes);
  const expiresAt = new Date(now().getTime() + PATIENCE_MS);
  const { state, nonce, verifier } = begun;
  const kept = {
    provider: name,
    nonce,
    verifier,
    returnTo: returnPath(returnTo),
    browser: shortDigest(browser),
  };
  await records.ceremonies.put(KIND, digestOf(state), kept, expiresAt);
  return { url, browser, expiresAt };
}

/** Nobody guesses here: it only keeps one network from filling the database, and an office begins its day at once. */
function doorOf({ address }: Requester): Door {
  return {
    key: JSON.stringify(["oidc", networkOf(address)]),
    tiers: [
      { most: 300, windowMs: 60_000 },
      { most: 3_000, windowMs: 3_600_000 },
    ],
    isShared: true,
  };
}

export interface FinishOidc {
  readonly provider: string;
  /** Address that he came back to, whole, as the browser sees it. */
  readonly answer: URL;
  /** The cookie of `beginOidc`. */
  readonly browser: string | undefined;
  /** The session's cookie that the browser had until now. */
  readonly session: string | undefined;
}

export interface FinishedOidc extends Admitted {
  /** A path of ours. */
  readonly returnTo: string;
}

/**
 * @throws AnchorwatchError `sign_in_interrupted`, `sign_in_not_proven`, `sign_in_provider_*`, `sign_in_no_login`, `sign_in_no_role`,
 * `sign_in_login_taken`, `sign_in_user_inactive`
 */
export async function finishOidc(
  context: OidcContext,
  { provider: name, answer, browser, session }: FinishOidc,
  requester: Requester,
): Promise<FinishedOidc> {
  const provider = providerOf(context, name);
  let identity: Identity | undefined;
  try {
    const { begun, returnTo } = await takeBegun(context, name, answer, browser);
    identity = identityOf(await context.openid.finish(provider, answer, begun), provider);
    return { ...(await admit(context, identity, provider, requester, session)), returnTo };
  } catch (error) {
    if (error instanceof AnchorwatchError) {
      const who = identity === undefined ? {} : { account: identity.login };
      await noteFailed(context, requester, { method: "oidc", provider: name, reason: error.message, ...who });
    }
    throw error;
  }
}

function providerOf({ settings }: AccessContext, name: string): IdentityProvider {
  const found = settings().providers.find((provider) => provider.name === name);
  if (found !== undefined) return found;
  throw new AnchorwatchError("sign_in_provider_unknown", "there is no identity provider of that name", {
    hint: "GET /api/v1/session/oidc lists them.",
  });
}

/** Once, whatever comes of it; and only in the browser where it began, at the provider that it began with. */
async function takeBegun(
  { records, now }: AccessContext,
  provider: string,
  answer: URL,
  browser: string | undefined,
): Promise<{ readonly begun: Begun; readonly returnTo: string }> {
  const [state = "", ...others] = answer.searchParams.getAll("state");
  if (!isSecret(state) || others.length > 0) throw interrupted();
  const kept = await records.ceremonies.take(KIND, digestOf(state), now());
  if (kept === undefined || browser === undefined) throw interrupted();
  const text = textOf(kept);
  const isSameBrowser = timingSafeEqual(Buffer.from(shortDigest(browser)), Buffer.from(text("browser")));
  if (!isSameBrowser || text("provider") !== provider) throw interrupted();
  return { begun: { state, nonce: text("nonce"), verifier: text("verifier") }, returnTo: text("returnTo") };
}

function textOf(kept: JsonObject): (name: string) => string {
  return (name) => {
    const value = kept[name];
    if (typeof value === "string") return value;
    throw new AnchorwatchError("internal", `a sign-in was kept without ${name}`);
  };
}

function shortDigest(secret: string): string {
  return Buffer.from(digestOf(secret)).toString("base64url");
}

function interrupted(): AnchorwatchError {
  return new AnchorwatchError(
    "sign_in_interrupted",
    "this sign-in was not begun in this browser, took longer than ten minutes, or was finished already",
    { hint: "Begin again." },
  );
}
