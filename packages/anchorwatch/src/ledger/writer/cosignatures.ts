/** What witnesses signed of a checkpoint, so that it is published with their signatures. */
import { formatNote, type NoteSignature, parseNote, TlogError, verifyCosignature } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Anchor } from "../anchors/anchor.ts";

/**
 * The signatures that the anchor has of that note. Verified here, whoever verified them before: a false line would make the
 * checkpoint unreadable for everybody who knows the witness. @throws AnchorwatchError `ledger_anchor_failed`
 */
export async function cosignaturesOf(anchor: Anchor, note: string): Promise<readonly NoteSignature[]> {
  const given = anchor.cosignatures?.(note) ?? [];
  const parsed = parseNote(note);
  for (const signature of given) {
    const key = anchor.cosigners?.find((known) => namesSame(known, signature));
    try {
      if (key === undefined) throw falseSignature(anchor, signature, "by no key that it is known for");
      await verifyCosignature(parsed, signature, key);
    } catch (cause) {
      if (!(cause instanceof TlogError)) throw cause;
      throw falseSignature(anchor, signature, cause.message, cause);
    }
  }
  return given;
}

/**
 * The published note with the signatures of that witness, when it still is the one that was signed. A key that signed it already
 * does not sign again: each new version of a checkpoint has its price under Object Lock.
 */
export function withCosignatures(
  published: string,
  cosigned: string,
  cosignatures: readonly NoteSignature[],
): string {
  const note = parseNote(published);
  if (note.text !== parseNote(cosigned).text) return published;
  const added = cosignatures.filter((one) => !note.signatures.some((other) => namesSame(other, one)));
  return added.length === 0 ? published : formatNote({ ...note, signatures: [...note.signatures, ...added] });
}

type Named = Pick<NoteSignature, "name" | "keyId">;

function namesSame(one: Named, other: Named): boolean {
  return one.name === other.name && one.keyId === other.keyId;
}

function falseSignature(
  anchor: Anchor,
  { name }: NoteSignature,
  why: string,
  cause?: unknown,
): AnchorwatchError {
  const message = `The anchor ${anchor.name} gave a signature by ${name} that is not published: ${why}`;
  return new AnchorwatchError("ledger_anchor_failed", message, {
    hint: "Compare the witness's key in the configuration with the one that its operator names.",
    cause,
  });
}
