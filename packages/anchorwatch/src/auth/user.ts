export type UserId = string & { readonly __brand: "UserId" };

export interface User {
  readonly id: UserId;
  /** `local`: with a passkey or a password here. `oidc`: comes from an identity provider. */
  readonly kind: "local" | "oidc";
  /** Exactly these two name a person of an identity provider; addresses of mail can move. */
  readonly issuer?: string;
  readonly subject?: string;
  /** What people type and see, in lower case: an address of mail, or a name. Unique among those that are not removed. */
  readonly login: string;
  readonly name: string;
  readonly email?: string;
  /** `removed`: stays, so that what he did keeps its name, and never comes back. */
  readonly status: "active" | "disabled" | "removed";
  /** `PROVIDER:GROUP`, as the identity provider said when he signed in last. */
  readonly groups: readonly string[];
  /** Counts the changes that people make; for If-Match. */
  readonly version: number;
  readonly addedAt: Date;
  readonly lastSeenAt?: Date;
}
