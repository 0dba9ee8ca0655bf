/**
 * The one client for addresses that somebody gave. Whoever can name an address could otherwise have this server ask its own network, or
 * its cloud's metadata. So: https, only what is on the Internet or what the operator allows, the address that was checked is the one that
 * is connected to, nothing is followed, nothing is waited for or read without end, nothing of the environment (proxies) counts, and no
 * cookie is kept.
 */
import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import type { Outbound, OutboundAnswer, OutboundRequest } from "../alerts/outbound.ts";
import { AnchorwatchError } from "../domain/errors.ts";
import { checkedLookup, type Resolve } from "./lookup.ts";
import type { EgressRules } from "./rules.ts";
import { targetOf } from "./target.ts";

export interface EgressOptions {
  /** Those in force: asked for at each request. */
  readonly rules: () => EgressRules;
  readonly resolve: Resolve;
  /** Of the product; receivers see it. */
  readonly version: string;
  /** Until the answer is there, the connection included; 10 s unless told. */
  readonly timeoutMs?: number;
  /** Of an answer's body; 64 KiB unless told. */
  readonly bytes?: number;
  /** Beside those that the program trusts: PEM. */
  readonly certificates?: readonly string[];
}

const TIMEOUT_MS = 10_000;
const BYTES = 65_536;
const HEADER_BYTES = 16_384;

/** Messages name the host alone: paths, bodies and headers may hold secrets. */
export function newEgress(options: EgressOptions): Outbound {
  return async (request, signal) => {
    signal.throwIfAborted();
    const rules = options.rules();
    const { url, target } = targetOf(request.url, rules);
    const { timeoutMs = TIMEOUT_MS } = options;
    const deadline = AbortSignal.timeout(timeoutMs);
    const lookup = checkedLookup(target, rules, options.resolve);
    try {
      const limit = AbortSignal.any([signal, deadline]);
      return await exchange(request, url, {
        options,
        lookup,
        limit,
        servername: target.address ? "" : target.name,
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AnchorwatchError) throw error;
      const why = deadline.aborted ? `did not answer within ${timeoutMs / 1000} s` : reasonOf(error);
      throw unreachable(url, why, error);
    }
  };
}

interface Exchange {
  readonly options: EgressOptions;
  readonly lookup: NonNullable<RequestOptions["lookup"]>;
  readonly limit: AbortSignal;
  readonly servername: string;
}

async function exchange(request: OutboundRequest, url: URL, given: Exchange): Promise<OutboundAnswer> {
  const started = startRequest(request, url, given);
  try {
    const answer = await answerOf(started, request.body);
    const { text, isCut } = await readBody(answer, request.mostBytes ?? given.options.bytes ?? BYTES);
    return { status: answer.statusCode ?? 0, headers: headersOf(answer), text, isCut };
  } finally {
    started.destroy();
  }
}

function startRequest(request: OutboundRequest, url: URL, given: Exchange): ClientRequest {
  const { options, lookup, limit, servername } = given;
  // An agent of its own: the platform's could have been given a proxy by the environment, and keeps connections.
  const common: RequestOptions = {
    method: request.method,
    headers: {
      "accept-encoding": "identity",
      ...request.headers,
      "user-agent": `anchorwatch/${options.version}`,
      ...(request.body === undefined ? {} : { "content-length": Buffer.byteLength(request.body) }),
    },
    lookup,
    signal: limit,
    maxHeaderSize: HEADER_BYTES,
    insecureHTTPParser: false,
  };
  if (url.protocol === "http:") return http.request(url, { ...common, agent: new http.Agent() });
  const ca = options.certificates === undefined ? {} : { ca: [...options.certificates] };
  return https.request(url, { ...common, ...ca, servername, agent: new https.Agent() });
}

function answerOf(started: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    started.on("response", resolve);
    started.on("error", reject);
    // What is no answer, such as another protocol being offered, ends the connection without an error.
    started.on("close", () => reject(new TypeError("the connection was closed without an answer")));
    started.end(body);
  });
}

/** The status is known already, and the request was taken: what is wrong with the rest does not make it fail. */
async function readBody(
  answer: IncomingMessage,
  most: number,
): Promise<{ readonly text: string; readonly isCut: boolean }> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  let isCut = false;
  try {
    for await (const part of answer as AsyncIterable<Uint8Array>) {
      parts.push(part.subarray(0, most - bytes));
      bytes += part.length;
      if (bytes > most) break;
    }
    isCut = bytes > most;
  } catch {
    isCut = true;
  }
  return { text: Buffer.concat(parts).toString("utf8"), isCut };
}

function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}

function unreachable(url: URL, why: string, cause: unknown): AnchorwatchError {
  return new AnchorwatchError("egress_unreachable", `${url.host} ${why}`, {
    hint: "Look whether it is up, and whether this machine may reach it.",
    cause,
  });
}

/** Of several addresses that were tried, the first's. Codes alone: messages of the platform hold addresses. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const { code } = first as NodeJS.ErrnoException;
  if (code === "ERR_INVALID_CHAR") return "was not asked: a header holds what none may hold";
  return typeof code === "string" ? `cannot be reached: ${code}` : "closed the connection without an answer";
}
