import { isUtf8 } from "node:buffer";
import type { AnchorwatchError } from "../../domain/errors.ts";
import { faultError, type StateBytes, stateError, wholeStateError } from "./errors.ts";

/**
 * Makes sure that the bytes are UTF-8.
 * @returns where the text begins: after the byte order mark that Windows likes to write
 * @throws AnchorwatchError `state_encoding`, `state_truncated`
 */
export function checkEncoding(state: StateBytes): number {
  const { bytes, origin } = state;
  const [first, second, third] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw wholeStateError(
      origin,
      "state_encoding",
      "is UTF-16 text, and a state is UTF-8",
      "PowerShell's > writes UTF-16: use `terraform state pull | Out-File -Encoding utf8 state.json`.",
    );
  }
  if (!isUtf8(bytes)) throw notUtf8(state);
  return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
}

function notUtf8(state: StateBytes): AnchorwatchError {
  const { bytes } = state;
  let offset = wholeBlocks(bytes);
  while (isUtf8(bytes.subarray(offset, offset + lengthOf(bytes, offset)))) offset += lengthOf(bytes, offset);
  const rest = bytes.subarray(offset + 1);
  const cutOff =
    offset + lengthOf(bytes, offset) > bytes.length && rest.every((byte) => (byte & 0xc0) === 0x80);
  if (cutOff)
    return faultError(state, { kind: "end", offset: bytes.length, expected: "the rest of a character" });
  const hint =
    "The file was damaged or converted. Fetch it again, for instance with `terraform state pull > state.json`.";
  return stateError(state, "state_encoding", offset, `this is not UTF-8 (byte ${offset})`, hint);
}

const BLOCK_BYTES = 64 * 1024;

/** How far the bytes are UTF-8 at least: large steps, before small ones find the very place. */
function wholeBlocks(bytes: Buffer): number {
  let offset = 0;
  for (;;) {
    let end = Math.min(offset + BLOCK_BYTES, bytes.length);
    // A block ends where a character begins.
    while (end > offset && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    if (end === offset || !isUtf8(bytes.subarray(offset, end))) return offset;
    offset = end;
  }
}

/** Bytes of the character that begins here, as its first byte says. */
function lengthOf(bytes: Buffer, offset: number): number {
  const lead = bytes[offset] ?? 0;
  if (lead < 0xc2 || lead > 0xf4) return 1;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
