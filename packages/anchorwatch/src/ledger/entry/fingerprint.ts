/**
 * Fingerprints tell whether a secret is the same as before without telling what it is. They are keyed, since most
 * secrets could be guessed and compared otherwise, and bound to their place, so that one password used twice does not
 * show as such.
 */
import { createHmac } from "node:crypto";
import type { StackIdentity } from "../../domain/check.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Path } from "../../domain/path.ts";

export interface SecretPlace {
  readonly stack: Pick<StackIdentity, "name" | "kind" | "workspace">;
  readonly address: string;
  readonly path: Path;
}

/** As long as the hash: a shorter key is the weakest part. */
export const FINGERPRINT_KEY_BYTES = 32;

/**
 * `hmac-sha256:` and 64 hexadecimal digits.
 * @param secret a text that is equal for equal values: what is ordered by chance must have been put in order
 * @throws AnchorwatchError `ledger_fingerprint_key_invalid`
 */
export function fingerprint(key: Uint8Array, place: SecretPlace, secret: string): string {
  if (key.length < FINGERPRINT_KEY_BYTES) throw keyTooShort(key.length);
  const { name, kind, workspace } = place.stack;
  // One JSON text of all parts: no two places and values can run together into one message.
  const message = JSON.stringify([
    "anchorwatch.fingerprint/v1",
    [kind, name, workspace ?? null],
    place.address,
    place.path.map((step) => (typeof step === "object" ? { json: step.json } : step)),
    secret,
  ]);
  return `hmac-sha256:${createHmac("sha256", key).update(message).digest("hex")}`;
}

function keyTooShort(bytes: number): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_fingerprint_key_invalid",
    `The key for fingerprints of secrets has ${bytes} bytes; it needs at least ${FINGERPRINT_KEY_BYTES}`,
    { hint: "Restore fingerprint.key from a backup: with another key, secrets look changed that are not." },
  );
}
