import { TlogError } from "../errors.ts";
import type { Primitives } from "./primitives.ts";

const HASH_BYTES = 32;
const PAIR_BYTES = 64;
/** So many digests are asked for at once: the browser works on them beside the page, and memory stays bounded. */
const AT_ONCE = 1024;

/** WebCrypto, for browsers and every other runtime that has it. */
export const primitives: Primitives = {
  hashMessages(messages, prefix) {
    return digestAll(messages.length, (index) => withPrefix(messages[index] as Uint8Array, prefix));
  },

  hashPairs(blocks, prefix) {
    return digestAll(blocks.length / PAIR_BYTES, (index) =>
      withPrefix(blocks.subarray(index * PAIR_BYTES, (index + 1) * PAIR_BYTES), prefix),
    );
  },

  async verifyEd25519(publicKey, message, signature) {
    const { subtle } = webCrypto();
    const algorithm = { name: "Ed25519" };
    try {
      const key = await subtle.importKey("raw", withPrefix(publicKey), algorithm, false, ["verify"]);
      return await subtle.verify(algorithm, key, withPrefix(signature), withPrefix(message));
    } catch (cause) {
      if (cause instanceof Error && cause.name === "NotSupportedError") throw unsupported(cause);
      // Bytes that are no point of the curve: nothing can be signed by such a key.
      if (cause instanceof Error && cause.name === "DataError") return false;
      throw cause;
    }
  },
};

async function digestAll(count: number, input: (index: number) => Uint8Array<ArrayBuffer>) {
  const { subtle } = webCrypto();
  const digests = new Uint8Array(count * HASH_BYTES);
  for (let from = 0; from < count; from += AT_ONCE) {
    const length = Math.min(AT_ONCE, count - from);
    await Promise.all(
      Array.from({ length }, async (_, offset) => {
        const index = from + offset;
        digests.set(new Uint8Array(await subtle.digest("SHA-256", input(index))), index * HASH_BYTES);
      }),
    );
  }
  return digests;
}

/** A copy of its own: WebCrypto refuses views of shared memory, and the caller may write on while it works. */
function withPrefix(message: Uint8Array, prefix?: number): Uint8Array<ArrayBuffer> {
  if (prefix === undefined) return new Uint8Array(message);
  const input = new Uint8Array(message.length + 1);
  input[0] = prefix;
  input.set(message, 1);
  return input;
}

function webCrypto(): Pick<typeof globalThis.crypto, "subtle"> {
  // Browsers hide `subtle` from pages that did not come over HTTPS.
  const found: Partial<typeof globalThis.crypto> | undefined = globalThis.crypto;
  if (found?.subtle === undefined) throw unsupported(undefined);
  return { subtle: found.subtle };
}

function unsupported(cause: unknown): TlogError {
  return new TlogError(
    "crypto_unsupported",
    "this runtime's WebCrypto cannot do SHA-256 and Ed25519: use a current browser, and load the page over HTTPS",
    { cause },
  );
}
