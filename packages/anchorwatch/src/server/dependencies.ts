/** Everything that the server gets from outside. */
import type { FastifyBaseLogger } from "fastify";
import type { ServerMetrics } from "./metrics/serverMetrics.ts";
import type { Watch } from "./watch.ts";

export interface ServerDependencies {
  readonly watch: Watch;
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
  /** Milliseconds between two signs of life in a stream. */
  readonly keepAliveMs: number;
}

export const SERVER_LIMITS: ServerLimits = {
  body: 256 * 1024,
  eventBody: 8 * 1024 * 1024,
  requestMs: 60_000,
  headersMs: 15_000,
  answerMs: 30_000,
  connections: 2000,
  streams: 500,
  keepAliveMs: 15_000,
};
