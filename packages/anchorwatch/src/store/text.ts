/** Texts from outside, in forms that PostgreSQL can hold and find. */
import { hash } from "node:crypto";

/** No text of ours begins with it. */
const ESCAPED = "\u0001";

/** PostgreSQL holds no U+0000 and no half of a surrogate pair, and both can come from outside. Everything else stays as it is. */
export function storable(text: string): string {
  const isPlain = !text.includes("\0") && !text.startsWith(ESCAPED) && text.isWellFormed();
  return isPlain ? text : ESCAPED + JSON.stringify(text);
}

/** Undoes `storable`. */
export function stored(text: string): string {
  return text.startsWith(ESCAPED) ? String(JSON.parse(text.slice(ESCAPED.length))) : text;
}

/** 16 bytes of SHA-256: what an index holds in place of a text that may have any length. */
export function digestOf(text: string): Buffer {
  return hash("sha256", text, "buffer").subarray(0, 16);
}
