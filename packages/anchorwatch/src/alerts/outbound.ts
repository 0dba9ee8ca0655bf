/** One request to an address that somebody gave. `egress` implements it: nothing private is reached, nothing is followed. */
import type { Socket } from "node:net";

export interface OutboundRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** May hold a secret, wherever in it: it is never repeated in messages. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of the answer's body; more is cut. Absent: 64 KiB. */
  readonly mostBytes?: number;
}

export interface OutboundAnswer {
  /** Redirects are answers like others. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As far as it was read. Another's words: never shown as ours. */
  readonly text: string;
  /** There was more, or it came too slowly. */
  readonly isCut: boolean;
}

/** @throws AnchorwatchError `egress_invalid`, `egress_refused`, `egress_unreachable`; or whatever the signal was aborted with */
export type Outbound = (request: OutboundRequest, signal: AbortSignal) => Promise<OutboundAnswer>;

/**
 * A connection for protocols that are not HTTP: mail. The same is reached as by requests, on ports that mail is sent to.
 * @throws AnchorwatchError `egress_invalid`, `egress_refused`, `egress_unreachable`; or whatever the signal was aborted with
 */
export type Connect = (host: string, port: number, signal: AbortSignal) => Promise<Socket>;
