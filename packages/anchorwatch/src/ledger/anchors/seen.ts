/** What an anchor has seen, compared with what it is told. */
import { type Checkpoint, parseCheckpoint, parseNote, TlogError } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";

/** @throws AnchorwatchError `ledger_anchor_failed` when the text is no checkpoint: nobody knows what the anchor holds */
export function readSeen(anchor: string, note: Uint8Array | string): Checkpoint {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    const hint = "Look at what lies there; nothing but checkpoints of this log should.";
    throw new AnchorwatchError("ledger_anchor_failed", `${anchor} holds no checkpoint: ${error.message}`, {
      hint,
      cause: error,
    });
  }
}

/** True when the anchor should keep `told` in place of `seen`. @throws AnchorwatchError `ledger_anchor_conflict` */
export function isNews(anchor: string, told: Checkpoint, seen: Checkpoint | undefined): boolean {
  if (seen === undefined) return true;
  refuseContradiction(anchor, told, seen);
  return told.size > seen.size;
}

/**
 * Only trees of one size can be compared here: for two sizes it takes a proof.
 * @throws AnchorwatchError `ledger_anchor_conflict`
 */
export function refuseContradiction(anchor: string, told: Checkpoint, seen: Checkpoint): void {
  if (seen.origin !== told.origin) {
    throw conflict(anchor, `it keeps the log ${seen.origin}, not ${told.origin}`);
  }
  if (seen.size === told.size && Buffer.compare(seen.root, told.root) !== 0) {
    throw conflict(anchor, `of the tree of ${told.size} entries it knows another root`);
  }
}

export function conflict(anchor: string, why: string, cause?: unknown): AnchorwatchError {
  const hint =
    "Do not sign on. Was the log restored from a backup, or do two logs use one anchor? Keep both checkpoints as evidence.";
  return new AnchorwatchError("ledger_anchor_conflict", `${anchor} contradicts the log: ${why}`, {
    hint,
    cause,
  });
}
