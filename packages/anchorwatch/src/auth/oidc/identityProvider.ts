/** An OpenID provider that people sign in with, as the operator's file names it. */
export interface IdentityProvider {
  /** Stands in addresses and before groups: `okta`. */
  readonly name: string;
  /** On the button. */
  readonly title: string;
  /** Exactly as its metadata names itself (OpenID Connect Discovery 1.0, section 4.3). */
  readonly issuer: string;
  readonly clientId: string;
  /** How the client proves itself; absent: a public client, PKCE alone. */
  readonly clientSecret?:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "variable"; readonly name: string };
  readonly scopes: readonly string[];
  /** Claim with the groups; absent: it knows none. */
  readonly groupsClaim?: string;
  /** Claim that becomes the login: an address of mail only counts when `email_verified` says so. */
  readonly loginClaim: string;
  /** In lower case: only logins that end in `@` and one of these are taken from it. Absent: any. */
  readonly loginDomains?: readonly string[];
  /** Values of `acr` that say that there was a second factor. */
  readonly strongAcr?: readonly string[];
}
