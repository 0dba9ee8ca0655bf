import { randomUUID } from "node:crypto";
import createClient, { type Client } from "openapi-fetch";
import { AnchorwatchError } from "../domain/errors.ts";
import type { paths } from "./api.ts";
import { carefulFetch, carefulStream } from "./carefulFetch.ts";
import { type FollowOptions, followChanges, type LiveChange } from "./liveChanges.ts";
import { nap } from "./nap.ts";
import { parseServerAddress } from "./serverAddress.ts";
import { assertToken } from "./token.ts";

export interface ConnectOptions {
  /** Such as `https://anchorwatch.example.com`; http is for loopback alone. */
  readonly server: string;
  /** An API token, `awt_…`. It is sent to this server and nowhere else. Absent: only what is for everybody can be asked. */
  readonly token?: string | undefined;
  /** Milliseconds until an answer must be there; 30 s unless told otherwise. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof globalThis.fetch;
  /** Name and version of the program that asks, for the server's log. */
  readonly userAgent?: string;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface AnchorwatchClient {
  /** Its origin. */
  readonly server: string;
  /**
   * Every route of the API with its types: `api.GET("/api/v1/drifts", { params: { query: { status: "open" } } })`. It rejects with an
   * `AnchorwatchError` for whatever is no answer: a `ServerProblem` with the server's own code, `server_unreachable`,
   * `server_answer_invalid`. When the connection is lost, what is read is asked for again, twice at most; so is a POST, which has an
   * `Idempotency-Key` of its own (or yours) for that: the server does it once.
   */
  readonly api: Client<paths>;
  /** Live changes, until the signal ends it. It comes back by itself when the connection breaks, and goes on where it was. */
  readonly changes: (options: FollowOptions) => AsyncGenerator<LiveChange, void>;
}

/** A client of a running server. Nothing is asked yet. @throws AnchorwatchError `server_url_invalid`, `token_malformed` */
export function connectTo(options: ConnectOptions): AnchorwatchClient {
  const server = parseServerAddress(options.server);
  if (options.token !== undefined) assertToken(options.token, "the given token");
  const settings = {
    server,
    token: options.token,
    timeoutMs: options.timeoutMs ?? 30_000,
    fetch: options.fetch ?? globalThis.fetch,
    userAgent: options.userAgent ?? "anchorwatch-client",
    sleep: options.sleep ?? nap,
    newKey: () => randomUUID(),
  };
  return {
    server,
    api: createClient<paths>({ baseUrl: server, fetch: carefulFetch(settings) }),
    changes: (follow) => followChanges(server, carefulStream(settings), follow),
  };
}

/** The body of an answer: `await answerOf(client.api.GET("/api/v1/status"))`. @throws AnchorwatchError as the API's calls do */
export async function answerOf<Answer extends { readonly data?: unknown }>(
  asked: Promise<Answer>,
): Promise<NonNullable<Answer["data"]>> {
  const { data } = await asked;
  if (data !== undefined && data !== null) return data;
  throw new AnchorwatchError("server_answer_invalid", "the server's answer has no body");
}
