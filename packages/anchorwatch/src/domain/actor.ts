/** Who made a change in the cloud, as its audit trail tells. */

/** How it came. `service`: a service of the cloud, on its own behalf or for somebody. */
export type Channel = "console" | "cli" | "sdk" | "terraform" | "service" | "unknown";

export interface Actor {
  /** What the trail names: an ARN, a service such as `autoscaling.amazonaws.com`, an account. */
  readonly principal: string;
  readonly kind: "user" | "role" | "root" | "federated" | "service" | "account" | "unknown";
  /** ARN of the role or user that the session was opened with. */
  readonly sessionIssuer?: string;
  readonly sessionName?: string;
  /** What the first session of a chain of roles was opened as; it cannot be changed on the way. */
  readonly sourceIdentity?: string;
  /** Who vouched for a federated identity, and its subject there. */
  readonly federated?: { readonly provider: string; readonly subject?: string };
  readonly account?: string;
  readonly channel: Channel;
  readonly sourceAddress?: string;
  readonly userAgent?: string;
}

/** A person of the operator's `identities`, or why there is none. */
export type Person =
  | { readonly kind: "mapped"; readonly name: string; readonly rule: string }
  | { readonly kind: "unmapped" };

/** One event that may have caused a drift. */
export interface Attribution {
  readonly eventId: string;
  /** `AuthorizeSecurityGroupIngress` */
  readonly eventName: string;
  /** `ec2.amazonaws.com` */
  readonly service: string;
  readonly time: Date;
  readonly actor: Actor;
  readonly person: Person;
  /** The stack's own delivery principal. */
  readonly isDelivery: boolean;
}
