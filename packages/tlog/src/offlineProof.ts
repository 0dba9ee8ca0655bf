/** Proofs that travel alone (C2SP tlog-proof): index, hashes and checkpoint in one text that needs no log to be verified. */

import { decodeBase64, encodeBase64 } from "./base64.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { TlogError } from "./errors.ts";
import { checkHash, HASH_BYTES, type Hash, leafHash } from "./hash.ts";
import type { VerifierKey } from "./key.ts";
import { MAX_NOTE_BYTES, parseNote } from "./note.ts";
import { checkCount, parseDecimal } from "./number.ts";
import { verifyInclusion } from "./proof.ts";

export interface OfflineProof {
  readonly index: number;
  /** The inclusion proof, the leaf's sibling first. */
  readonly proof: readonly Hash[];
  /** The signed note, word for word. */
  readonly checkpoint: string;
  /** Whatever the application wants. Nothing authenticates it. */
  readonly extra?: Uint8Array;
}

const HEADER = "c2sp.org/tlog-proof@v1";
/** A tree has at most 2^63 entries. */
const MAX_PROOF_HASHES = 63;
/** Room for a note of full size and extra data. */
const MAX_TEXT = 4 * MAX_NOTE_BYTES;

/** The proof as text, by custom kept in a file `*.tlog-proof`. Throws for a proof that could not be read back. */
export function formatOfflineProof(proof: OfflineProof): string {
  parseNote(proof.checkpoint);
  const extra = proof.extra ?? new Uint8Array();
  const lines = [
    HEADER,
    ...(extra.length > 0 ? [`extra ${encodeBase64(extra)}`] : []),
    `index ${checkCount(proof.index, "the index")}`,
    ...proof.proof.map((hash) => encodeBase64(checkHash(hash, "a hash of the proof"))),
  ];
  const text = `${lines.join("\n")}\n\n${proof.checkpoint}`;
  parseOfflineProof(text);
  return text;
}

/** Reads a proof. Throws `offline_proof_invalid` naming the line, or `note_invalid`. Verifies nothing. */
export function parseOfflineProof(text: string): OfflineProof {
  if (text.length > MAX_TEXT) throw invalid(`it is longer than ${MAX_TEXT} characters`);
  const end = text.indexOf("\n\n");
  if (end < 0) throw invalid("there is no empty line before the checkpoint");
  const [header, ...lines] = text.slice(0, end).split("\n");
  if (header !== HEADER) throw invalid(`line 1 must be ${HEADER}`);
  const extra = lines[0]?.startsWith("extra ") ? parseExtra(lines.shift() as string) : undefined;
  const indexLine = lines.shift() ?? "";
  const index = indexLine.startsWith("index ") ? parseDecimal(indexLine.slice("index ".length)) : undefined;
  const before = extra === undefined ? 2 : 3;
  if (index === undefined) throw invalid(`line ${before} must be "index" and a plain decimal`);
  if (lines.length > MAX_PROOF_HASHES)
    throw invalid(`it has ${lines.length} hashes; at most ${MAX_PROOF_HASHES} are possible`);
  const proof = lines.map((line, at) => parseHash(line, before + 1 + at));
  const checkpoint = text.slice(end + 2);
  parseNote(checkpoint);
  return { index, proof, checkpoint, ...(extra === undefined ? {} : { extra }) };
}

/**
 * The authentic checkpoint, once it is sure that the entry is the one at `proof.index` under it. Without a network. Rejects as
 * `openCheckpoint` and `verifyInclusion` do. `proof.extra` stays unauthenticated.
 */
export async function verifyOfflineProof(
  proof: OfflineProof,
  entry: Uint8Array,
  keys: readonly VerifierKey[],
  origin?: string,
): Promise<Checkpoint> {
  const { checkpoint } = await openCheckpoint(proof.checkpoint, keys, origin);
  await verifyInclusion({
    index: proof.index,
    size: checkpoint.size,
    leaf: await leafHash(entry),
    proof: proof.proof,
    root: checkpoint.root,
  });
  return checkpoint;
}

function parseExtra(line: string): Uint8Array {
  const extra = decodeBase64(line.slice("extra ".length));
  // Without extra data the line is left out, so an empty one has no meaning.
  if (extra !== undefined && extra.length > 0) return extra;
  throw invalid('line 2 must be "extra" and base64');
}

function parseHash(line: string, number: number): Hash {
  const hash = decodeBase64(line);
  if (hash?.length === HASH_BYTES) return hash;
  throw invalid(`line ${number} must be the base64 of a hash of ${HASH_BYTES} bytes`);
}

function invalid(message: string): TlogError {
  return new TlogError("offline_proof_invalid", `no offline proof: ${message}`);
}
