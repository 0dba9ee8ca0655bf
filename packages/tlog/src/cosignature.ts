/** Cosignatures of witnesses (C2SP tlog-cosignature): "at this time, this was the largest consistent tree that I had seen". */

import { TlogError } from "./errors.ts";
import type { Signer, VerifierKey } from "./key.ts";
import type { SignedNote } from "./note.ts";
import { checkCount } from "./number.ts";
import {
  cosignatureTime,
  cosignedMessage,
  isSignedBy,
  type NoteSignature,
  namesKey,
  signWith,
  timedSignature,
} from "./signature.ts";

/**
 * Cosigns the text of a checkpoint with a key of type "cosignature-ed25519". The time is in seconds since 1970. Whoever calls has
 * verified that the checkpoint is consistent with everything that this key has cosigned before.
 */
export async function cosign(note: SignedNote, signer: Signer, time: number): Promise<NoteSignature> {
  const message = cosignedMessage(note.text, checkCount(time, "the time of a cosignature"));
  const signature = await signWith(signer, "cosignature-ed25519", message);
  return { name: signer.key.name, keyId: signer.key.keyId, signature: timedSignature(time, signature) };
}

/**
 * The time, in seconds since 1970, at which the key cosigned the note. Rejects with `cosignature_invalid` for a line that is no
 * cosignature, and `note_signature_invalid` for one that is not of this key and this text.
 */
export async function verifyCosignature(
  note: SignedNote,
  signature: NoteSignature,
  key: VerifierKey,
): Promise<{ readonly time: number }> {
  const time = cosignatureTime(signature.signature);
  if (time === undefined || key.type !== "cosignature-ed25519") {
    throw new TlogError(
      "cosignature_invalid",
      `the line by ${signature.name} is no cosignature by a cosigner's key: those have 8 bytes of time and 64 of signature`,
    );
  }
  if (namesKey(signature, key) && (await isSignedBy(note.text, signature, key))) return { time };
  throw new TlogError(
    "note_signature_invalid",
    `the cosignature by ${signature.name} does not belong to this checkpoint and the key of ${key.name}`,
  );
}
