import { createPublicKey, hash, verify } from "node:crypto";
import type { Primitives } from "./primitives.ts";

const HASH_BYTES = 32;
const PAIR_BYTES = 64;

/**
 * Measured on Node 24: a digest that is asked for as a string of one-byte characters costs a third of one that comes as a Buffer,
 * because nothing outside the heap is allocated for it. So digests are written as strings into one buffer.
 */
export const primitives: Primitives = {
  async hashMessages(messages, prefix) {
    const digests = Buffer.allocUnsafeSlow(messages.length * HASH_BYTES);
    let scratch = new Uint8Array(1024);
    let view = scratch;
    let at = 0;
    for (const message of messages) {
      let input = message;
      if (prefix !== undefined) {
        const length = message.length + 1;
        if (length > scratch.length) scratch = new Uint8Array(2 * length);
        // Entries of one log are often equally long: the view is made again only when they are not.
        if (view.length !== length || view.buffer !== scratch.buffer) view = scratch.subarray(0, length);
        view[0] = prefix;
        view.set(message, 1);
        input = view;
      }
      digests.write(hash("sha256", input, "binary"), at, HASH_BYTES, "latin1");
      at += HASH_BYTES;
    }
    return plain(digests);
  },

  async hashPairs(blocks, prefix) {
    const count = blocks.length / PAIR_BYTES;
    const digests = Buffer.allocUnsafeSlow(count * HASH_BYTES);
    const input = new Uint8Array(PAIR_BYTES + 1);
    input[0] = prefix;
    for (let index = 0; index < count; index++) {
      for (let byte = 0, from = index * PAIR_BYTES; byte < PAIR_BYTES; byte++) {
        input[byte + 1] = blocks[from + byte] as number;
      }
      digests.write(hash("sha256", input, "binary"), index * HASH_BYTES, HASH_BYTES, "latin1");
    }
    return plain(digests);
  },

  async verifyEd25519(publicKey, message, signature) {
    const x = Buffer.from(publicKey).toString("base64url");
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verify(null, message, key, signature);
  },
};

/** Callers get what the type says, not a Buffer with its other `slice`. */
function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
