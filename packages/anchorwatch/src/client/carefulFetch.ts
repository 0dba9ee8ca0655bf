/**
 * Asks one server and nobody else: the token goes to no other place, wherever an answer points. Whatever is no answer of Anchorwatch, or is
 * a problem, is thrown.
 */
import { AnchorwatchError, messageOf } from "../domain/errors.ts";
import { problemIn, strangeAnswer } from "./problem.ts";
import { repeated } from "./repeating.ts";

export interface FetchSettings {
  /** Its origin. */
  readonly server: string;
  readonly token?: string | undefined;
  /** Milliseconds until an answer must be there. */
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
  /** Name and version of the program that asks. */
  readonly userAgent: string;
  /** Between two tries: resolves after so many milliseconds, or as soon as the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Another text at each call, which names one write: however often it is sent, the server does it once. */
  readonly newKey: () => string;
}

/** No answer of ours is nearly as large. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

export type CarefulFetch = (request: Request) => Promise<Response>;

/** For answers in JSON; they are read whole. */
export function carefulFetch(settings: FetchSettings): CarefulFetch {
  return async (request) => {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(settings.timeoutMs)]);
    const sent = await keyed(request, settings);
    const isSafe = SAFE_METHODS.includes(sent.method) || sent.headers.has(KEY);
    const once = async () => await answered(await opened(settings, sent.clone(), signal), settings);
    return await explained(settings, request.signal, () =>
      repeated(once, { isSafe, signal, sleep: settings.sleep }),
    );
  };
}

const SAFE_METHODS: readonly string[] = ["GET", "HEAD"];
const KEY = "idempotency-key";

/** A write that may have to be sent again. Of somebody unknown, the server keeps no answers. */
async function keyed(request: Request, { token, newKey }: FetchSettings): Promise<Request> {
  const headers = new Headers(request.headers);
  if (token === undefined) headers.delete(KEY);
  else if (request.method === "POST" && !headers.has(KEY)) headers.set(KEY, newKey());
  // Whole, so that it can be sent more than once.
  const body = request.body === null ? null : await request.arrayBuffer();
  return new Request(request.url, { method: request.method, headers, body });
}

async function answered(response: Response, settings: FetchSettings): Promise<Response> {
  if (!response.ok) throw await problemOf(response, settings);
  const text = await textOf(response, settings.server);
  if (response.status === 204) return new Response(null, { status: 204, headers: response.headers });
  if (!isJson(response, text)) throw strangeAnswer(settings.server, "it gives no JSON");
  return new Response(text, { status: response.status, headers: response.headers });
}

/** For an answer that goes on and on; it is given as soon as it begins. Problems are thrown. */
export function carefulStream(settings: FetchSettings): CarefulFetch {
  return async (request) =>
    await explained(settings, request.signal, async () => {
      const late = new AbortController();
      const timer = setTimeout(
        () => late.abort(new DOMException("no answer", "TimeoutError")),
        settings.timeoutMs,
      );
      try {
        const response = await opened(settings, request, AbortSignal.any([request.signal, late.signal]));
        if (!response.ok) throw await problemOf(response, settings);
        if (/^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "")) return response;
        await response.body?.cancel();
        throw strangeAnswer(settings.server, "it gives no events");
      } finally {
        clearTimeout(timer);
      }
    });
}

async function opened(settings: FetchSettings, request: Request, signal: AbortSignal): Promise<Response> {
  const { server, token, fetch, userAgent } = settings;
  if (new URL(request.url).origin !== server) throw strangeAnswer(server, "it is asked for another's pages");
  const headers = new Headers(request.headers);
  headers.set("user-agent", userAgent);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const response = await fetch(new Request(request, { headers, signal, redirect: "manual" }));
  if (response.type !== "opaqueredirect" && (response.status < 300 || response.status >= 400))
    return response;
  await response.body?.cancel();
  throw strangeAnswer(server, `it sends to ${whereTo(response)}, where the token is not sent`);
}

function whereTo(response: Response): string {
  const location = response.headers.get("location") ?? "";
  return URL.canParse(location) ? new URL(location).origin : "another place";
}

/** A server that says the token again must not make us print it. */
async function problemOf(response: Response, { server, token }: FetchSettings): Promise<AnchorwatchError> {
  const text = await textOf(response, server);
  return problemIn(response, token === undefined ? text : text.replaceAll(token, "…"), server);
}

async function textOf(response: Response, server: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > LARGEST_ANSWER) throw strangeAnswer(server, "its answer is endless");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function isJson(response: Response, text: string): boolean {
  if (!/^application\/([a-z.-]+\+)?json\b/i.test(response.headers.get("content-type") ?? "")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Cut off on its way, or never any.
    return false;
  }
}

/** Whatever fails below HTTP, in words of ours. An end that the caller wanted is his own. */
async function explained<T>(
  { server, timeoutMs }: FetchSettings,
  wanted: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AnchorwatchError || wanted.aborted) throw error;
    const reason =
      error instanceof Error && error.name === "TimeoutError"
        ? `no answer within ${Math.round(timeoutMs / 1000)} s`
        : reasonOf(error);
    throw new AnchorwatchError("server_unreachable", `${server} cannot be reached: ${reason}`, {
      hint: /certificate|self.signed|SSL|TLS/i.test(reason)
        ? "Its certificate is not one that this machine trusts: name its authority's with NODE_EXTRA_CA_CERTS=FILE."
        : "Does it run, and is the address right?",
    });
  }
}

/** `fetch failed` says nothing; what lies below does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AggregateError && cause.errors.length > 0) return messageOf(cause.errors[0]);
  return messageOf(cause ?? error) || messageOf(error);
}
