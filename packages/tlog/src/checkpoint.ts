/** Checkpoints (C2SP tlog-checkpoint): what a log signs, its size and root hash at a moment. */

import { decodeBase64, encodeBase64 } from "./base64.ts";
import { TlogError } from "./errors.ts";
import { checkHash, emptyRoot, HASH_BYTES, type Hash, sameBytes } from "./hash.ts";
import type { VerifierKey } from "./key.ts";
import { parseNote, type SignedNote, verifyNote } from "./note.ts";
import { checkCount, parseDecimal } from "./number.ts";

export interface Checkpoint {
  /** Which log it is. By custom the name of the log's key, and an address without scheme. */
  readonly origin: string;
  /** How many entries it has. */
  readonly size: number;
  readonly root: Hash;
  /** Further lines. Discouraged: nobody can audit them. */
  readonly extensions: readonly string[];
}

/** A checkpoint whose signature was verified. */
export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
  /** The keys, among those given, that signed it. Witnesses too. */
  readonly signedBy: readonly VerifierKey[];
}

/** The text that is signed. Throws `checkpoint_invalid` for an origin or extension that is empty or has more than one line. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint;
  for (const line of [origin, ...extensions]) {
    if (line === "" || line.includes("\n")) {
      throw invalid(
        `${JSON.stringify(line)} cannot be a line of it: lines are not empty and have no newline`,
      );
    }
  }
  checkCount(size, "the size of the tree");
  checkEmpty(size, checkHash(root, "the root hash"));
  return [origin, size, encodeBase64(root), ...extensions].map((line) => `${line}\n`).join("");
}

/** Reads the text of a note. Throws `checkpoint_invalid` naming the line. Says nothing about signatures. */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith("\n")) throw invalid("the last line does not end in a newline");
  const [origin = "", sizeText = "", rootText = "", ...extensions] = text.slice(0, -1).split("\n");
  if (origin === "") throw invalid("line 1, the origin, is empty");
  const size = parseDecimal(sizeText);
  if (size === undefined) {
    throw invalid(
      `line 2, the size, is ${JSON.stringify(sizeText.slice(0, 40))}; it must be a plain decimal up to ${Number.MAX_SAFE_INTEGER}`,
    );
  }
  const root = decodeBase64(rootText);
  if (root?.length !== HASH_BYTES) {
    throw invalid(`line 3, the root hash, must be the base64 of ${HASH_BYTES} bytes`);
  }
  if (extensions.includes("")) throw invalid(`line ${4 + extensions.indexOf("")} is empty`);
  checkEmpty(size, root);
  return { origin, size, root, extensions };
}

/**
 * Reads and authenticates a signed checkpoint. At least one of the keys of type "ed25519" must have signed it: cosignatures of
 * witnesses are verified and listed, but do not replace the log's. Its origin must be `origin`, or without that the name of a key
 * that signed, so that the key of one log cannot speak for another. Rejects with `note_*` or `checkpoint_*`.
 */
export async function openCheckpoint(
  bytes: Uint8Array | string,
  keys: readonly VerifierKey[],
  origin?: string,
): Promise<OpenedCheckpoint> {
  const note = parseNote(bytes);
  const checkpoint = parseCheckpoint(note.text);
  const signedBy = await verifyNote(note, keys);
  const logKeys = signedBy.filter(({ type }) => type === "ed25519");
  if (logKeys.length === 0) {
    throw new TlogError(
      "note_unsigned",
      `the checkpoint of ${checkpoint.origin} is cosigned, but no known key of the log signed it`,
    );
  }
  const origins = origin === undefined ? logKeys.map(({ name }) => name) : [origin];
  if (origins.includes(checkpoint.origin)) return { checkpoint, note, signedBy };
  throw new TlogError(
    "checkpoint_origin_mismatch",
    `the checkpoint is of ${JSON.stringify(checkpoint.origin)}; expected was ${JSON.stringify(origins.join(" or "))}`,
  );
}

/** The root of a tree without entries is no choice of the log. */
function checkEmpty(size: number, root: Hash): void {
  if (size === 0 && !sameBytes(root, emptyRoot())) {
    throw invalid("line 3: the tree has no entries, but the root hash is not the one of the empty tree");
  }
}

function invalid(message: string): TlogError {
  return new TlogError("checkpoint_invalid", `no checkpoint: ${message}`);
}
