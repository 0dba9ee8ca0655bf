/** What an anchor has seen, compared with what it is told. */
import { type Checkpoint, parseCheckpoint, parseNote, TlogError } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";

/** A checkpoint as an anchor has it: its signatures were not looked at. */
export interface Seen extends Checkpoint {
  /** The whole note. */
  readonly note: string;
}

/** `other_log`: two logs use one anchor. */
export type ConflictReason = "rolled_back" | "forked" | "other_log";

/** An anchor knows another or a longer history of the log, or keeps another log: nothing more may be signed. */
export class AnchorConflict extends AnchorwatchError {
  readonly reason: ConflictReason;
  /** The note that contradicts; undefined where the anchor does not show it, as a witness. */
  readonly seen: string | undefined;

  constructor(
    anchor: string,
    why: string,
    details: { readonly reason: ConflictReason; readonly seen?: string; readonly cause?: unknown },
  ) {
    super("ledger_anchor_conflict", `${anchor} contradicts the log: ${why}`, {
      hint: "Do not sign on. Was the log restored from a backup, or do two logs use one anchor?",
      cause: details.cause,
    });
    this.reason = details.reason;
    this.seen = details.seen;
  }
}

/** @throws AnchorwatchError `ledger_anchor_failed` when the text is no checkpoint: nobody knows what the anchor holds */
export function readSeen(anchor: string, note: string): Seen {
  try {
    return { ...parseCheckpoint(parseNote(note).text), note };
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    const hint = "Look at what lies there; nothing but checkpoints of this log should.";
    throw new AnchorwatchError("ledger_anchor_failed", `${anchor} holds no checkpoint: ${error.message}`, {
      hint,
      cause: error,
    });
  }
}

/** True when the anchor should keep `told` in place of `seen`. @throws AnchorConflict */
export function isNews(anchor: string, told: Checkpoint, seen: Seen | undefined): boolean {
  if (seen === undefined) return true;
  refuseContradiction(anchor, told, seen);
  return told.size > seen.size;
}

/**
 * Only trees of one size can be compared here: for two sizes it takes a proof.
 * @throws AnchorConflict
 */
export function refuseContradiction(anchor: string, told: Checkpoint, seen: Seen): void {
  if (seen.origin !== told.origin) {
    const why = `it keeps the log ${seen.origin}, not ${told.origin}`;
    throw new AnchorConflict(anchor, why, { reason: "other_log", seen: seen.note });
  }
  if (seen.size === told.size && Buffer.compare(seen.root, told.root) !== 0) {
    const why = `of the tree of ${told.size} entries it knows another root`;
    throw new AnchorConflict(anchor, why, { reason: "forked", seen: seen.note });
  }
}
