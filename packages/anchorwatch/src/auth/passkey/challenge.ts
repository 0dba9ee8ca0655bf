/**
 * Challenges that passkeys sign. Who asks for one leaves nothing behind: a challenge carries its end and our signature over what it is
 * for, so that nobody can fill the database by asking. That each is used once, whoever keeps the used ones sees to.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { RandomBytes } from "../secret.ts";

const RANDOM_BYTES = 16;
const TIME_BYTES = 6;
const MAC_BYTES = 32;

/** @param purpose what an answer to it may be used for, and by whom; the answer to another one is worth nothing there */
export function newChallenge(
  key: Uint8Array,
  purpose: string,
  expiresAt: Date,
  randomBytes: RandomBytes,
): Uint8Array<ArrayBuffer> {
  const body = Buffer.alloc(RANDOM_BYTES + TIME_BYTES);
  body.set(randomBytes(RANDOM_BYTES));
  body.writeUIntBE(expiresAt.getTime(), RANDOM_BYTES, TIME_BYTES);
  return new Uint8Array([...body, ...mac(key, purpose, body)]);
}

/**
 * Until when it counts. Undefined: it is none of ours, is for something else, or is over.
 * @param challenge base64url, as the page sent it
 */
export function challengeEnd(
  challenge: string,
  key: Uint8Array,
  purpose: string,
  now: Date,
): Date | undefined {
  const bytes = Buffer.from(challenge, "base64url");
  // One spelling alone: another would be another one for whoever remembers the used ones.
  if (bytes.length !== RANDOM_BYTES + TIME_BYTES + MAC_BYTES || bytes.toString("base64url") !== challenge) {
    return undefined;
  }
  const body = bytes.subarray(0, RANDOM_BYTES + TIME_BYTES);
  if (!timingSafeEqual(mac(key, purpose, body), bytes.subarray(body.length))) return undefined;
  const end = new Date(body.readUIntBE(RANDOM_BYTES, TIME_BYTES));
  return end > now ? end : undefined;
}

/** Which challenge an answer is for, by its own word. */
export function challengeOf({ clientDataJSON }: { readonly clientDataJSON: string }): string | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, "base64url").toString());
    const challenge = (data as { readonly challenge?: unknown } | null)?.challenge;
    return typeof challenge === "string" && challenge.length <= 100 ? challenge : undefined;
  } catch {
    // Nobody's browser sends what is no JSON; there is no such challenge.
    return undefined;
  }
}

function mac(key: Uint8Array, purpose: string, body: Uint8Array): Buffer {
  return createHmac("sha256", key).update(`passkey challenge ${purpose}\0`).update(body).digest();
}
