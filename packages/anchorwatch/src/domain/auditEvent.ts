/** What an audit trail tells of one call, in the form that the watch works with. */
import type { Actor } from "./actor.ts";

/** A call that may have changed something. Of the request nothing is kept but the identifiers in it: it may hold secrets. */
export interface AuditEvent {
  /** Unique in its trail; the same event, delivered again or on another way, has the same one. */
  readonly id: string;
  /** Name of the event source as the operator's file calls it. */
  readonly source: string;
  readonly time: Date;
  readonly name: string;
  readonly service: string;
  readonly region?: string;
  readonly account?: string;
  readonly actor: Actor;
  /** Whatever in the event could name a resource, the actor apart. Without repetition, longest first. */
  readonly identifiers: readonly string[];
}

/** What becomes of one record that came from a source. */
export type ReadRecord =
  | { readonly kind: "change"; readonly event: AuditEvent }
  /** `read`: it changes nothing. `failed`: it was refused. `insight`: it tells of a rate of calls, and is none itself. */
  | {
      readonly kind: "no_change";
      readonly id: string;
      readonly time: Date;
      readonly why: "read" | "failed" | "insight";
    }
  /** No record of a trail: what was expected, and where. `digest`: `sha256:…` of the bytes that it came as. */
  | { readonly kind: "malformed"; readonly why: string; readonly digest?: string };
