/** Base64 of RFC 4648, section 4, in its one canonical spelling. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map([...ALPHABET].map((character, value) => [character.charCodeAt(0), value]));

export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    text += left > 1 ? ALPHABET.charAt((bits >> 6) & 63) : "=";
    text += left > 2 ? ALPHABET.charAt(bits & 63) : "=";
  }
  return text;
}

/**
 * The bytes, or undefined for every text that `encodeBase64` would not write: other characters, white space, missing or needless
 * padding, and bits that no byte uses. Two texts for one value would be two identities for one signature.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  for (let at = 0; at < text.length; at++) {
    const value = at < text.length - padding ? VALUES.get(text.charCodeAt(at)) : 0;
    if (value === undefined) return undefined;
    bits = (bits << 6) | value;
    if (at % 4 !== 3) continue;
    const offset = (at >> 2) * 3;
    // What lies beyond the end is dropped by the array itself.
    bytes[offset] = bits >> 16;
    bytes[offset + 1] = bits >> 8;
    bytes[offset + 2] = bits;
    if (at === text.length - 1 && (bits & ((1 << (padding * 8)) - 1)) !== 0) return undefined;
    bits = 0;
  }
  return bytes;
}
