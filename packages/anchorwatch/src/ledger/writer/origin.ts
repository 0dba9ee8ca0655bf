/** The name that a log has for good: it stands in every checkpoint, so two logs must not share one. */
import { randomBytes } from "node:crypto";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const RANDOM_BYTES = 16;

/** `anchorwatch.local/` and 128 random bits in base32. */
export function newOrigin(random: (bytes: number) => Uint8Array = randomBytes): string {
  let text = "";
  let value = 0;
  let bits = 0;
  for (const byte of random(RANDOM_BYTES)) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  if (bits > 0) text += ALPHABET[(value << (5 - bits)) & 31];
  return `anchorwatch.local/${text}`;
}
