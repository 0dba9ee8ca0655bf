/** Everything that the server gets from outside. */
import type { FastifyBaseLogger } from "fastify";
import type { AccessContext } from "../app/access/accessContext.ts";
import type { AccessControl } from "../app/access/accessControl.ts";
import type { SignInElsewhere } from "../app/access/signInElsewhere.ts";
import type { AnswerRecords } from "../auth/records.ts";
import type { Access } from "./access/access.ts";
import type { Place } from "./access/place.ts";
import type { ServerMetrics } from "./metrics/serverMetrics.ts";
import type { Pages } from "./shapes/page.ts";
import type { Watch } from "./watch.ts";

export interface ServerDependencies {
  readonly watch: Watch;
  readonly access: Access;
  /** Policies and reasons, for those who look after access. */
  readonly control: Pick<AccessControl, "explain" | "policies">;
  /** Of those who sign in, and are seen to. */
  readonly accounts: AccessContext;
  /** Of those who prove themselves elsewhere. */
  readonly elsewhere: SignInElsewhere;
  readonly place: Place;
  readonly pages: Pages;
  readonly answers: AnswerRecords;
  /** PEM of the certificate with its chain, and of its key. Absent: it speaks no TLS itself. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly metrics: ServerMetrics;
  readonly logger: FastifyBaseLogger;
  /** Of Anchorwatch. */
  readonly version: string;
  readonly now: () => Date;
  /** Another unique text at each call, without `-` or line breaks. */
  readonly newId: () => string;
  /** Calls back at every interval until the function that it returns is called. */
  readonly every: (milliseconds: number, call: () => void) => () => void;
  readonly limits?: Partial<ServerLimits>;
}

export interface ServerLimits {
  /** Bytes of a body that is JSON, and of what is posted for an event source. */
  readonly body: number;
  readonly eventBody: number;
  /** Milliseconds for a request to arrive, for its headers alone, and for its answer. */
  readonly requestMs: number;
  readonly headersMs: number;
  readonly answerMs: number;
  readonly connections: number;
  readonly streams: number;
  /** Of these, how many one account may hold. */
  readonly streamsOfOne: number;
  /** Milliseconds between two signs of life in a stream. */
  readonly keepAliveMs: number;
  /** Milliseconds that a server which stops waits for requests to arrive and to be answered. */
  readonly closeMs: number;
  /** Milliseconds until a stream ends by itself, and its reader has to prove again who he is. */
  readonly streamMs: number;
}

export const SERVER_LIMITS: ServerLimits = {
  body: 256 * 1024,
  eventBody: 8 * 1024 * 1024,
  requestMs: 60_000,
  headersMs: 15_000,
  answerMs: 30_000,
  connections: 2000,
  streams: 500,
  streamsOfOne: 250,
  keepAliveMs: 15_000,
  closeMs: 10_000,
  streamMs: 900_000,
};
