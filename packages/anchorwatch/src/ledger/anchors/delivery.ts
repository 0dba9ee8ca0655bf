/** One request to an anchor's HTTP address, which the operator configured: bounded, retried, and never led to another place. */
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { withoutSecrets } from "../read/logPlace.ts";

export interface Delivery {
  readonly fetch: typeof globalThis.fetch;
  /** Resolves after that many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Limit of one attempt, in milliseconds; 10 s unless told. */
  readonly timeoutMs?: number;
  /** 3 unless told. */
  readonly attempts?: number;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

const TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 500;
const MAX_ANSWER_BYTES = 65_536;

/** @throws AnchorwatchError `ledger_anchor_invalid` */
export function checkAddress(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "")
    return url;
  const shown = JSON.stringify(withoutSecrets(text));
  throw new AnchorwatchError("ledger_anchor_invalid", `${shown} is no address of an anchor`, {
    hint: "Give an address such as https://witness.example.com, without user name and password.",
  });
}

/** What is sent where. */
export interface Posting {
  readonly url: URL;
  /** For messages: without whatever of the address is secret. */
  readonly name: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Posts until an answer comes that is neither 429 nor 5xx. The request must bear being sent twice.
 * @throws AnchorwatchError `ledger_anchor_failed`, `ledger_anchor_refused` (a redirect)
 */
export async function post(delivery: Delivery, posting: Posting): Promise<Answer> {
  const delays = retryDelays(delivery);
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptPost(delivery, posting);
    if (outcome.kind === "answer") return outcome.answer;
    const delay = delays[attempt - 1];
    if (delay === undefined)
      throw failed(posting.name, `${outcome.why} (tried ${attempt} times)`, outcome.cause);
    await delivery.wait(delay);
  }
}

/** Milliseconds between one attempt and the next. */
export function retryDelays({ attempts = ATTEMPTS }: Delivery): readonly number[] {
  return Array.from({ length: attempts - 1 }, (_, index) => FIRST_PAUSE_MS * 2 ** index);
}

export function timeoutOf({ timeoutMs = TIMEOUT_MS }: Delivery): number {
  return timeoutMs;
}

export function failed(name: string, why: string, cause?: unknown): AnchorwatchError {
  const hint = "Check the address and the network. The log goes on; the anchor gets the next checkpoint.";
  return new AnchorwatchError("ledger_anchor_failed", `The anchor ${name} failed: ${why}`, {
    hint,
    cause,
  });
}

export function refused(name: string, why: string): AnchorwatchError {
  const hint = "Look at the anchor's own logs: it has to know this log's origin and key.";
  return new AnchorwatchError("ledger_anchor_refused", `The anchor ${name} refused: ${why}`, {
    hint,
  });
}

/** Without what may be a token. */
export function placeOf(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

type Outcome =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "again"; readonly why: string; readonly cause?: unknown };

async function attemptPost(delivery: Delivery, { url, name, body, headers }: Posting): Promise<Outcome> {
  const timeoutMs = timeoutOf(delivery);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await delivery.fetch(url, { method: "POST", body, headers, redirect: "manual", signal });
    const text = await readBounded(name, response);
    const { status } = response;
    if (status >= 300 && status < 400) {
      const to = URL.parse(response.headers.get("location") ?? "", url.href);
      // Its path may repeat ours, which may be secret.
      const where = to === null ? "another place" : `a place on ${to.origin}`;
      throw refused(
        name,
        `it points to ${where}, and a checkpoint is only sent to the address that was configured`,
      );
    }
    if (status === 429 || status >= 500) return { kind: "again", why: `status ${status}` };
    return {
      kind: "answer",
      answer: { status, text, contentType: response.headers.get("content-type") ?? "" },
    };
  } catch (error) {
    if (error instanceof AnchorwatchError) throw error;
    const why = signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error);
    return { kind: "again", why, cause: error };
  }
}

/** `fetch` hides why a connection failed behind "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? messageOf(cause) : messageOf(error);
}

async function readBounded(name: string, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw failed(name, `its answer has more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
