/**
 * How identity providers are asked. The operator named them, but what they answer is another's: nothing is followed to where it points, no
 * answer is waited for or read without end, and only https is spoken, but on this machine.
 */
import { AnchorwatchError } from "../../domain/errors.ts";
import { isTrustworthyAddress } from "./issuer.ts";

/** What is used of the platform's `fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface FetchLimits {
  /** Until the answer is there as a whole. */
  readonly timeoutMs: number;
  /** Of an answer's body. */
  readonly bytes: number;
}

/** A sign-in asks four times at most (metadata, tokens, keys, userinfo), and is itself answered within half a minute. */
const LIMITS: FetchLimits = { timeoutMs: 7_000, bytes: 1024 * 1024 };

/**
 * Answers are there as a whole when it resolves. Messages name the host alone: addresses and bodies may hold secrets.
 * @throws AnchorwatchError `sign_in_provider_unreachable`, `sign_in_provider_invalid`
 */
export function carefulFetch(fetch: Fetch, { timeoutMs, bytes }: FetchLimits = LIMITS): Fetch {
  return async (address, init) => {
    const url = new URL(address);
    if (!isTrustworthyAddress(url)) throw invalid(url, "is not on https");
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = init.signal ? AbortSignal.any([deadline, init.signal]) : deadline;
    try {
      const answer = await fetch(address, { ...init, redirect: "manual", signal });
      if (answer.type === "opaqueredirect" || (answer.status >= 300 && answer.status < 400)) {
        await answer.body?.cancel();
        throw invalid(url, "points elsewhere, which is not followed");
      }
      const body = await wholeBody(answer, url, bytes);
      if (answer.status >= 500) throw unreachable(url, `answered with ${answer.status}`);
      return new Response(isBodiless(answer.status) ? null : body, {
        status: answer.status,
        headers: answer.headers,
      });
    } catch (error) {
      if (error instanceof AnchorwatchError) throw error;
      if (deadline.aborted) throw unreachable(url, `did not answer within ${timeoutMs / 1000} s`);
      throw unreachable(url, `cannot be reached: ${causeOf(error)}`, error);
    }
  };
}

async function wholeBody(answer: Response, url: URL, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // An answer that is left half-way is cancelled by the loop's end.
  for await (const part of answer.body ?? []) {
    length += part.byteLength;
    if (length > most) throw invalid(url, `answered with more than ${most} bytes`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 205;
}

function unreachable({ host }: URL, what: string, cause?: unknown): AnchorwatchError {
  return new AnchorwatchError("sign_in_provider_unreachable", `the identity provider at ${host} ${what}`, {
    hint: "Try again in a minute, or sign in another way.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function invalid({ host }: URL, what: string): AnchorwatchError {
  return new AnchorwatchError("sign_in_provider_invalid", `the identity provider at ${host} ${what}`, {
    hint: "Tell an administrator: its address in anchorwatch.server.yaml, or the provider itself, needs correction.",
  });
}

/** What strangers may read: `ECONNREFUSED`, `SELF_SIGNED_CERT_IN_CHAIN`; addresses of the inside are for the log alone. */
function causeOf(error: unknown): string {
  const { code } = (
    error instanceof Error && error.cause instanceof Error ? error.cause : error
  ) as NodeJS.ErrnoException;
  return typeof code === "string" ? code : "the connection broke";
}
