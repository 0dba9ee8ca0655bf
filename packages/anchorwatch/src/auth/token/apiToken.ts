/** API tokens: what programs send. A prefix, so that scanners of leaked secrets know them. */
import { digestOf, isSecret, newSecret, type RandomBytes } from "../secret.ts";

const PREFIX = "awt_";

export function newApiToken(randomBytes: RandomBytes): {
  readonly secret: string;
  readonly digest: Uint8Array;
} {
  const secret = `${PREFIX}${newSecret(randomBytes)}`;
  return { secret, digest: digestOf(secret) };
}

/** Undefined: it has not even the form of one. */
export function apiTokenDigest(text: string): Uint8Array | undefined {
  return text.startsWith(PREFIX) && isSecret(text.slice(PREFIX.length)) ? digestOf(text) : undefined;
}
