import type { Hash, NoteSignature, VerifierKey } from "tlog";

/**
 * A place outside the machine that remembers checkpoints. What it has seen, an owner of the log's disk cannot take back: the writer
 * compares the log with `latest` at start, and tells every anchor of every checkpoint (of the newest, when they come faster).
 */
export interface Anchor {
  /** For messages: the folder, bucket or address. */
  readonly name: string;
  /**
   * Resolves when the anchor has the checkpoint, or a later one of the same log, durably as far as it says.
   * @param checkpoint the signed note
   * @param consistency the proof from an older size to the checkpoint's
   * @throws AnchorwatchError `ledger_anchor_conflict` when it knows another or a longer history: nothing more may be signed then;
   *   `ledger_anchor_refused`, `ledger_anchor_failed`
   */
  publish(checkpoint: string, consistency: (older: number) => Promise<readonly Hash[]>): Promise<void>;
  /**
   * The latest checkpoint that it has, as it has it: neither signature nor origin was checked. Undefined when it has none, or
   * cannot tell.
   * @throws AnchorwatchError `ledger_anchor_refused`, `ledger_anchor_failed`
   */
  latest(): Promise<string | undefined>;
  /** Of one that cosigns checkpoints: the keys by which it does. Signatures by others are not published. */
  readonly cosigners?: readonly VerifierKey[];
  /** Signatures that the anchor added to a checkpoint that it was told of. For who publishes checkpoints with them. */
  cosignatures?(checkpoint: string): readonly NoteSignature[];
}
