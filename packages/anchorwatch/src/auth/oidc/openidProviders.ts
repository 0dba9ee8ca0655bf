/** Signing in at OpenID providers: authorization code with PKCE (RFC 6749, 7636, 9207; OpenID Connect Core 1.0). */
import * as openid from "openid-client";
import type { RandomBytes } from "../secret.ts";
import { newSecret } from "../secret.ts";
import { carefulFetch, type Fetch } from "./carefulFetch.ts";
import { type Claims, joinedClaims, lacksClaims } from "./identity.ts";
import type { IdentityProvider } from "./identityProvider.ts";
import { assertTrustworthy } from "./idToken.ts";
import { discoverSignIn, type SignInMetadata } from "./metadata.ts";
import { signInError } from "./signInError.ts";

export interface OpenidOptions {
  readonly fetch: Fetch;
  /** Of the provider's client, as it is now. @throws AnchorwatchError `sign_in_secret_missing` */
  readonly secretOf: (provider: IdentityProvider) => Promise<string | undefined>;
  readonly now: () => Date;
  readonly randomBytes: RandomBytes;
}

/** What is kept of a sign-in while the person is at his provider. Whoever has it can finish the sign-in. */
export interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Seconds by which clocks may differ. */
const TOLERANCE_S = 30;
/** What a provider says of itself is asked again after that. */
const METADATA_MS = 10 * 60_000;

export class OpenidProviders {
  readonly #options: OpenidOptions;
  readonly #fetch: Fetch;
  /** By all that the operator says of one: what he changes counts at once. */
  readonly #known = new Map<string, { readonly at: number; readonly client: Promise<Client> }>();

  constructor(options: OpenidOptions) {
    this.#options = options;
    this.#fetch = carefulFetch(options.fetch);
  }

  /** @throws AnchorwatchError `sign_in_provider_unreachable`, `sign_in_provider_invalid` */
  async begin(
    provider: IdentityProvider,
    redirectUri: string,
  ): Promise<{ readonly url: string; readonly begun: Begun }> {
    const { configuration } = await this.#clientOf(provider);
    const { randomBytes } = this.#options;
    const begun = {
      state: newSecret(randomBytes),
      nonce: newSecret(randomBytes),
      verifier: newSecret(randomBytes),
    };
    const url = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: provider.scopes.join(" "),
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: "S256",
    });
    return { url: url.href, begun };
  }

  /**
   * @param answer address that the person came back to, whole
   * @throws AnchorwatchError `sign_in_provider_refused`, `sign_in_not_proven`, `sign_in_provider_unreachable`, `sign_in_provider_invalid`
   */
  async finish(provider: IdentityProvider, answer: URL, { state, nonce, verifier }: Begun): Promise<Claims> {
    const client = await this.#clientOf(provider);
    const { configuration, metadata } = client;
    client.secret = await this.#options.secretOf(provider);
    try {
      const tokens = await openid.authorizationCodeGrant(configuration, answer, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims: Claims = { ...tokens.claims() };
      assertTrustworthy(claims, provider.clientId, this.#options.now(), TOLERANCE_S);
      if (metadata.userinfo_endpoint === undefined || !lacksClaims(claims, provider)) return claims;
      const told = await openid.fetchUserInfo(configuration, tokens.access_token, String(claims["sub"]));
      return joinedClaims(claims, told);
    } catch (error) {
      throw signInError(error, provider);
    }
  }

  #clientOf(provider: IdentityProvider): Promise<Client> {
    const key = JSON.stringify(provider);
    const now = this.#options.now().getTime();
    const known = this.#known.get(key);
    if (known !== undefined && now - known.at < METADATA_MS && now >= known.at) return known.client;
    this.#forget(now);
    const client = this.#connect(provider);
    this.#known.set(key, { at: now, client });
    // What failed is tried again by the next one who asks.
    client.catch(() => this.#known.delete(key));
    return client;
  }

  #forget(now: number): void {
    for (const [key, { at }] of this.#known) if (now - at >= METADATA_MS) this.#known.delete(key);
  }

  async #connect(provider: IdentityProvider): Promise<Client> {
    const { now } = this.#options;
    const metadata = await discoverSignIn(provider.issuer, this.#fetch);
    // The library reads the clock itself.
    const skew = Math.round((now().getTime() - Date.now()) / 1000);
    const configuration = new openid.Configuration(
      serverMetadata(metadata),
      provider.clientId,
      { [openid.clockTolerance]: TOLERANCE_S, [openid.clockSkew]: skew },
      authenticationOf(provider, metadata, () => client.secret),
    );
    configuration[openid.customFetch] = (url, init) => this.#fetch(url, init as RequestInit);
    // The signature is checked too, though the token comes straight from the provider.
    openid.enableNonRepudiationChecks(configuration);
    // Which addresses may do without TLS, our fetch decides.
    openid.allowInsecureRequests(configuration);
    const client: Client = { configuration, metadata, secret: undefined };
    return client;
  }
}

/** @param secret as it was read last */
function authenticationOf(
  { clientSecret }: IdentityProvider,
  { token_endpoint_auth_methods_supported: methods }: SignInMetadata,
  secret: () => string | undefined,
): openid.ClientAuth {
  if (clientSecret === undefined) return openid.None();
  const by = methods.includes("client_secret_basic") ? openid.ClientSecretBasic : openid.ClientSecretPost;
  return (as, client, body, headers) => by(secret())(as, client, body, headers);
}

function serverMetadata({
  userinfo_endpoint: userinfo,
  authorization_response_iss_parameter_supported: tellsIssuer,
  ...others
}: SignInMetadata): openid.ServerMetadata {
  return {
    ...others,
    ...(userinfo === undefined ? {} : { userinfo_endpoint: userinfo }),
    ...(tellsIssuer === undefined ? {} : { authorization_response_iss_parameter_supported: tellsIssuer }),
  };
}

interface Client {
  readonly configuration: openid.Configuration;
  readonly metadata: SignInMetadata;
  /** Read for each sign-in: an operator can change it while the program runs. */
  secret: string | undefined;
}
