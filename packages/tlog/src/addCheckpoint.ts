/** The request of C2SP tlog-witness: an old size, a consistency proof from it, and the checkpoint to be cosigned. */

import { decodeBase64, encodeBase64 } from "./base64.ts";
import { TlogError } from "./errors.ts";
import { checkHash, HASH_BYTES, type Hash } from "./hash.ts";
import { MAX_NOTE_BYTES, parseNote } from "./note.ts";
import { checkCount, parseDecimal } from "./number.ts";

export interface AddCheckpoint {
  /** The size that the sender believes the witness to have cosigned last; 0 for none. */
  readonly old: number;
  /** From the old size to the checkpoint's. */
  readonly proof: readonly Hash[];
  /** The signed note, word for word. */
  readonly checkpoint: string;
}

/** The protocol's limit, and more than any tree needs. */
const MAX_WITNESS_PROOF = 63;
/** Larger requests need not be read to their end. */
export const MAX_ADD_CHECKPOINT_BYTES = MAX_NOTE_BYTES + 64 * 64;

/** Reads a request's body. Throws `witness_request_invalid` naming the line, or `note_invalid`. Verifies nothing. */
export function parseAddCheckpoint(body: Uint8Array | string): AddCheckpoint {
  const text = typeof body === "string" ? body : decode(body);
  if (text.length > MAX_ADD_CHECKPOINT_BYTES) throw tooLong();
  const end = text.indexOf("\n\n");
  if (end < 0) throw invalid("there is no empty line before the checkpoint");
  const [first = "", ...lines] = text.slice(0, end).split("\n");
  const old = first.startsWith("old ") ? parseDecimal(first.slice("old ".length)) : undefined;
  if (old === undefined) throw invalid('line 1 must be "old" and a plain decimal');
  if (lines.length > MAX_WITNESS_PROOF) {
    throw invalid(`it has ${lines.length} hashes; at most ${MAX_WITNESS_PROOF} are allowed`);
  }
  const proof = lines.map((line, at) => {
    const hash = decodeBase64(line);
    if (hash?.length === HASH_BYTES) return hash;
    throw invalid(`line ${at + 2} must be the base64 of a hash of ${HASH_BYTES} bytes`);
  });
  const checkpoint = text.slice(end + 2);
  parseNote(checkpoint);
  return { old, proof, checkpoint };
}

/** The body of a request. Throws for one that could not be read back. */
export function formatAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): string {
  const lines = [
    `old ${checkCount(old, "the old size")}`,
    ...proof.map((hash) => encodeBase64(checkHash(hash, "a hash of the proof"))),
  ];
  const text = `${lines.join("\n")}\n\n${checkpoint}`;
  parseAddCheckpoint(text);
  return text;
}

function decode(body: Uint8Array): string {
  if (body.length > MAX_ADD_CHECKPOINT_BYTES) throw tooLong();
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw new TlogError("witness_request_invalid", "no request to a witness: the bytes are not UTF-8", {
      cause,
    });
  }
}

function tooLong(): TlogError {
  return invalid(`it is longer than ${MAX_ADD_CHECKPOINT_BYTES} bytes`);
}

function invalid(message: string): TlogError {
  return new TlogError("witness_request_invalid", `no request to a witness: ${message}`);
}
