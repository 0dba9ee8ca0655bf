/** The stream of a server, over broken connections. */
import { AnchorwatchError } from "../domain/errors.ts";
import type { components } from "./api.ts";
import type { CarefulFetch } from "./carefulFetch.ts";
import { nap } from "./nap.ts";
import { ServerProblem } from "./problem.ts";
import { type ServerSentEvent, serverSentEvents } from "./serverSentEvents.ts";

type Shapes = components["schemas"];

export type LiveChange =
  /** Not resumed: something may have been missed; load anew what you show. It comes first of all. */
  | { readonly kind: "ready"; readonly resumed: boolean }
  | { readonly kind: "drift"; readonly drift: Shapes["Drift"] & { readonly step: string } }
  | { readonly kind: "stack"; readonly stack: Shapes["Stack"] }
  | { readonly kind: "check"; readonly check: Shapes["CheckRecord"] }
  | { readonly kind: "event"; readonly event: Shapes["Event"] }
  | { readonly kind: "detector"; readonly detector: Shapes["Detector"] }
  | { readonly kind: "configuration"; readonly configuration: Shapes["Configuration"] }
  /** The connection is gone for longer than a moment, and is tried again and again. */
  | { readonly kind: "lost"; readonly problem: AnchorwatchError };

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Id of the only stack to hear of. */
  readonly stack?: string;
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Between two tries; the last one stays. */
const WAITS_MS = [500, 1000, 2000, 5000, 10_000];
/** The server gives a sign of life every 15 s. */
const SILENCE_MS = 60_000;

/** @throws AnchorwatchError when the server refuses: `sign_in_required`, `access_denied`, … */
export async function* followChanges(
  server: string,
  open: CarefulFetch,
  { signal, stack, sleep = nap }: FollowOptions,
): AsyncGenerator<LiveChange, void> {
  const url = `${server}/api/v1/stream${stack === undefined ? "" : `?stack=${encodeURIComponent(stack)}`}`;
  let lastId: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const event of oneConnection(url, open, lastId, signal)) {
        failures = 0;
        lastId = event.id ?? lastId;
        const change = changeIn(event);
        if (change !== undefined) yield change;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error)) throw error;
      // The first failure is often a server that starts again, or a proxy that ends what is long.
      if (++failures === 2) yield { kind: "lost", problem: error };
    }
    if (!signal.aborted) await sleep(WAITS_MS[Math.min(failures, WAITS_MS.length - 1)] ?? 0, signal);
  }
}

/** Ends when the server ends it. */
async function* oneConnection(
  url: string,
  open: CarefulFetch,
  lastId: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent, void> {
  const silence = new AbortController();
  let timer = globalThis.setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const headers = {
      accept: "text/event-stream",
      ...(lastId === undefined ? {} : { "last-event-id": lastId }),
    };
    const request = new Request(url, { headers, signal: AbortSignal.any([signal, silence.signal]) });
    const { body } = await open(request);
    let isFirst = true;
    for await (const event of serverSentEvents(body ?? [])) {
      isFirst = false;
      clearTimeout(timer);
      timer = globalThis.setTimeout(() => silence.abort(), SILENCE_MS);
      if (event !== undefined) yield event;
    }
    // Else a server that ends it at once would be asked again and again.
    if (isFirst) throw new AnchorwatchError("server_answer_invalid", "the server's stream is empty");
  } catch (cause) {
    if (cause instanceof AnchorwatchError) throw cause;
    throw new AnchorwatchError("server_unreachable", "the connection to the server broke", { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** A server that is stopping or full, or cannot be reached, may be well again in a moment. */
function isPassing(error: unknown): error is AnchorwatchError {
  if (!(error instanceof AnchorwatchError)) return false;
  if (error instanceof ServerProblem) return error.status === 429 || error.status >= 500;
  return error.code === "server_unreachable" || error.code === "server_answer_invalid";
}

/** Undefined for what a newer server tells of, and we do not know. */
function changeIn({ event, data }: ServerSentEvent): LiveChange | undefined {
  const told: unknown = parsed(data);
  if (typeof told !== "object" || told === null) return undefined;
  switch (event) {
    case "ready":
      return { kind: "ready", resumed: "resumed" in told && told.resumed === true };
    case "drift":
    case "stack":
    case "check":
    case "event":
    case "detector":
    case "configuration":
      // As docs/openapi.json has it; what it holds is the server's word.
      return { kind: event, [event]: told } as unknown as LiveChange;
    default:
      return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AnchorwatchError("server_answer_invalid", "the server's stream holds no JSON", { cause });
  }
}
