/**
 * Whether a request was signed by somebody who has the secret of its source, and when.
 * @see https://www.standardwebhooks.com: HMAC-SHA-256 over `id.timestamp.body`, in the headers webhook-id, -timestamp and -signature
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { AnchorwatchError } from "../../../domain/errors.ts";

export interface SignedRequest {
  /** Names in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As they came: parsing and writing again would break the signature. */
  readonly body: Uint8Array;
}

export interface VerifiedRequest {
  readonly id: string;
  readonly signedAt: Date;
  /** After that a replay would be refused for its time alone. */
  readonly validUntil: Date;
}

/** Both ways: 300 s pass, 301 s do not. */
const TOLERANCE_SECONDS = 300;
const ID_LIMIT = 256;
const MOST_SIGNATURES = 10;

/**
 * @param keys of {@link parseSecret}; while a secret is being changed there are two
 * @throws AnchorwatchError `event_signature_invalid`, `event_signature_late`; neither says what would have been right
 */
export function verifySignature(
  { headers, body }: SignedRequest,
  keys: readonly Uint8Array[],
  now: Date,
): VerifiedRequest {
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const signatures = headerOf(headers, "webhook-signature").split(" ", MOST_SIGNATURES);
  if (id.length > ID_LIMIT || !/^[\x21-\x7e]+$/.test(id)) throw invalid("webhook-id is no id");
  if (!/^[0-9]{1,12}$/.test(timestamp)) throw invalid("webhook-timestamp is no number of seconds since 1970");
  if (!isSigned(`${id}.${timestamp}.`, body, keys, signatures)) throw invalid("no signature of it is valid");
  const seconds = Number(timestamp);
  const late = Math.floor(now.getTime() / 1000) - seconds;
  if (Math.abs(late) > TOLERANCE_SECONDS) throw untimely(late);
  return {
    id,
    signedAt: new Date(seconds * 1000),
    validUntil: new Date((seconds + TOLERANCE_SECONDS + 1) * 1000),
  };
}

/** `whsec_` and the base64 of the key. @throws AnchorwatchError `event_secret_invalid`; the secret is never repeated */
export function parseSecret(text: string): Uint8Array {
  const [, encoded = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? [];
  const key = Buffer.from(encoded, "base64");
  if (key.length >= 24 && key.length <= 64) return key;
  throw new AnchorwatchError("event_secret_invalid", "The secret of an event source is none", {
    hint: "Give whsec_ and the base64 of 24 to 64 random bytes: echo whsec_$(openssl rand -base64 32)",
  });
}

/** Every key is tried against every signature, whichever fits, so that the time tells nothing. */
function isSigned(
  head: string,
  body: Uint8Array,
  keys: readonly Uint8Array[],
  signatures: readonly string[],
): boolean {
  const given = signatures.flatMap((signature) => {
    const [, encoded] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature) ?? [];
    return encoded === undefined ? [] : [Buffer.from(encoded, "base64")];
  });
  let found = false;
  for (const key of keys) {
    const right = createHmac("sha256", key).update(head).update(body).digest();
    for (const signature of given) {
      if (signature.length === right.length && timingSafeEqual(signature, right)) found = true;
    }
  }
  return found;
}

function headerOf(headers: SignedRequest["headers"], name: string): string {
  const value = headers[name];
  if (typeof value === "string" && value !== "") return value;
  throw invalid(value === undefined || value === "" ? `${name} is missing` : `${name} is there twice`);
}

function invalid(what: string): AnchorwatchError {
  return new AnchorwatchError("event_signature_invalid", `The request is not signed as it must be: ${what}`, {
    hint: "Sign id.timestamp.body with the secret of this source, as Standard Webhooks does; see docs/events.md.",
  });
}

function untimely(late: number): AnchorwatchError {
  const off = late > 0 ? `${late} s ago` : `${-late} s from now`;
  return new AnchorwatchError(
    "event_signature_late",
    `The request was signed ${off}; five minutes are allowed`,
    {
      hint: "Set the clock of the sender, and sign each delivery anew.",
    },
  );
}
