/** Who asks, and from where: what use cases need for entries, limits and decisions. */
import type { Principal } from "../../auth/principal.ts";

export interface Requester {
  /** Undefined: nobody has proven anything yet. */
  readonly principal?: Principal;
  /** Of the client, as the proxies that are trusted tell it. */
  readonly address: string;
  /** At most 300 characters of what it says. */
  readonly userAgent: string;
  readonly requestId: string;
}

/** A requester who has proven who he is. */
export interface KnownRequester extends Requester {
  readonly principal: Principal;
}
