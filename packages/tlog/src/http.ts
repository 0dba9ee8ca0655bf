/** HTTP requests with bounds: on the time of an attempt, on the bytes of an answer, on the number of attempts. */

import { TlogError } from "./errors.ts";

export interface HttpOptions {
  /** The runtime's own unless told. Give one that limits addresses where those come from strangers. */
  readonly fetch?: typeof globalThis.fetch;
  /** Limit of one attempt in milliseconds, its body included; 30 seconds unless told. */
  readonly timeoutMs?: number;
  /** How long to wait before each further attempt, in milliseconds. Empty: one attempt. */
  readonly retryDelaysMs?: readonly number[];
  /** How to wait. Rejects when the signal aborts. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

export interface HttpRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly maxBytes: number;
  readonly redirect: RequestRedirect;
  /** For what changes: no cache may answer. */
  readonly fresh: boolean;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Without parameters, in lower case; empty when there is none. */
  readonly contentType: string;
  /** Undefined when it is larger than asked for. */
  readonly body: Uint8Array | undefined;
}

type RequestRedirect = "follow" | "error";

type Attempt =
  | { readonly kind: "answer"; readonly answer: HttpAnswer }
  | { readonly kind: "again"; readonly why: string; readonly afterMs: number; readonly cause?: unknown };

const TIMEOUT_MS = 30_000;
const RETRY_DELAYS_MS = [250, 1_000, 4_000];
/** A server may ask for patience, but not for the day. */
const MAX_RETRY_AFTER_MS = 30_000;

/**
 * The answer, whatever its status but those that call for another attempt (408, 429, 5xx). Rejects with `source_failed` when all
 * attempts failed, and with the signal's reason when it aborts.
 */
export async function request(wanted: HttpRequest, options: HttpOptions): Promise<HttpAnswer> {
  const { retryDelaysMs = RETRY_DELAYS_MS, sleep = waitFor } = options;
  for (let attempts = 1; ; attempts++) {
    const attempt = await attemptOnce(wanted, options);
    if (attempt.kind === "answer") return attempt.answer;
    wanted.signal?.throwIfAborted();
    const delay = retryDelaysMs[attempts - 1];
    if (delay === undefined) throw failed(wanted.url, attempt, attempts);
    await sleep(Math.max(delay, attempt.afterMs), wanted.signal);
  }
}

/** The address without the slash at its end. Throws `source_address_invalid`. */
export function checkAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isPlain = url !== undefined && url.search === "" && url.hash === "" && !/[?#]/.test(address);
  if (isPlain && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") {
    return url.href.replace(/\/+$/, "");
  }
  // The address is not repeated: it may hold a password.
  throw new TlogError(
    "source_address_invalid",
    "the address must be http:// or https://, a host and a path, without user, password, ? and #",
  );
}

async function attemptOnce(wanted: HttpRequest, options: HttpOptions): Promise<Attempt> {
  const { fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS } = options;
  wanted.signal?.throwIfAborted();
  const aborter = new AbortController();
  const onAbort = () => aborter.abort();
  wanted.signal?.addEventListener("abort", onAbort, { once: true });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    aborter.abort();
  }, timeoutMs);
  try {
    const response = await fetch(wanted.url, {
      method: wanted.method,
      redirect: wanted.redirect,
      signal: aborter.signal,
      ...(wanted.body === undefined ? {} : { body: wanted.body }),
      ...(wanted.fresh ? { cache: "no-store" } : {}),
    });
    if (isPassing(response.status)) {
      await response.body?.cancel();
      return { kind: "again", why: `status ${response.status}`, afterMs: retryAfter(response) };
    }
    return { kind: "answer", answer: await readAnswer(response, wanted.maxBytes) };
  } catch (cause) {
    const why = timedOut ? `no whole answer within ${timeoutMs} ms` : reason(cause);
    return { kind: "again", why, afterMs: 0, cause };
  } finally {
    clearTimeout(timer);
    wanted.signal?.removeEventListener("abort", onAbort);
  }
}

async function readAnswer(response: Response, maxBytes: number): Promise<HttpAnswer> {
  const contentType = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  const body = await readBounded(response, maxBytes);
  return { status: response.status, contentType: contentType.trim().toLowerCase(), body };
}

/** What is counted is what came out of the decompression: a small answer can be a large body. */
async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/** Another attempt may go better. */
function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get("retry-after") ?? "");
  return seconds > 0 ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : 0;
}

function failed(url: string, { why, cause }: Attempt & { kind: "again" }, attempts: number): TlogError {
  const times = attempts === 1 ? "one attempt" : `${attempts} attempts`;
  return new TlogError("source_failed", `${url} gave no answer in ${times}: ${why}`, { cause });
}

/** fetch says "fetch failed" and keeps what happened in the cause. */
function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
}

function waitFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
