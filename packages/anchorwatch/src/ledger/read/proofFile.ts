/** Proofs that travel alone: one file in the format of C2SP tlog-proof, with the entry itself in its `extra` line. */
import {
  type Checkpoint,
  formatOfflineProof,
  leafHash,
  type OfflineProof,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseOfflineProof,
  type VerifierKey,
  verifyInclusion,
} from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { OpenedLog } from "./openedLog.ts";
import { speaking } from "./productWords.ts";

export interface VerifiedProof {
  readonly index: number;
  readonly entry: Uint8Array;
  readonly checkpoint: Checkpoint;
  /** None: no key was given, and whoever made the file could have made all of it. */
  readonly signedBy: readonly VerifierKey[];
}

/** The text of the file. @throws AnchorwatchError `ledger_range_invalid`, `ledger_corrupt` */
export async function proveEntry(log: OpenedLog, index: number): Promise<string> {
  const { bytes } = await log.entry(index);
  const proof = await log.prove(index, await leafHash(bytes));
  // The format leaves `extra` to the application. An entry without bytes cannot stand there, and needs to be given again.
  const extra = bytes.length === 0 ? {} : { extra: bytes };
  return formatOfflineProof({ index, proof, checkpoint: log.note, ...extra });
}

/**
 * Needs nothing but the file. The entry is the one in the file, or another copy of it.
 * @param name of the file, for messages
 * @throws AnchorwatchError `ledger_proof_invalid`, `ledger_checkpoint_invalid`, `ledger_key_unknown`, `ledger_origin_mismatch`
 */
export async function verifyProof(
  name: string,
  text: string,
  given: { readonly keys: readonly VerifierKey[]; readonly entry?: Uint8Array },
): Promise<VerifiedProof> {
  return await speaking(`The proof ${name}`, async () => {
    const proof = parseOfflineProof(text);
    const entry = entryOf(name, proof, given.entry);
    const { checkpoint, signedBy } =
      given.keys.length === 0
        ? { checkpoint: parseCheckpoint(parseNote(proof.checkpoint).text), signedBy: [] }
        : await openCheckpoint(proof.checkpoint, given.keys);
    const { index } = proof;
    const { size, root } = checkpoint;
    if (index >= size) throw notCovered(name, index, size);
    await verifyInclusion({ index, size, root, leaf: await leafHash(entry), proof: proof.proof });
    return { index, entry, checkpoint, signedBy };
  });
}

function notCovered(name: string, index: number, size: number): AnchorwatchError {
  const message = `The proof ${name} is of entry ${index}, and its checkpoint covers ${size} entries, counted from 0`;
  return new AnchorwatchError("ledger_proof_invalid", message, { hint: "Ask for the proof again." });
}

function entryOf(name: string, { extra }: OfflineProof, given: Uint8Array | undefined): Uint8Array {
  const entry = given ?? extra;
  if (entry === undefined) {
    throw new AnchorwatchError(
      "ledger_proof_invalid",
      `The proof ${name} does not hold the entry that it proves`,
      {
        hint: "Give the entry's exact bytes with --entry FILE.",
      },
    );
  }
  if (given === undefined || extra === undefined || Buffer.compare(given, extra) === 0) return entry;
  throw new AnchorwatchError(
    "ledger_proof_invalid",
    `The proof ${name} holds another entry than the one given`,
    {
      hint: "Give the proof that belongs to the entry, or leave --entry out to see which one the file proves.",
    },
  );
}
