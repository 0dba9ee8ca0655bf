import type { Checkpoint, Hash, LogSource, VerifierKey } from "tlog";

export interface LogEntry {
  /** Counted from 0. */
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** A log as it was at one checkpoint. Everything that comes out of it was checked against the checkpoint's root hash. */
export interface OpenedLog {
  /** For messages. */
  readonly name: string;
  readonly source: LogSource;
  readonly checkpoint: Checkpoint;
  /** The checkpoint as it was found, a signed note. */
  readonly note: string;
  /** Keys that were given and signed it. None: the log vouches for itself, and whoever keeps it could have made all of it. */
  readonly signedBy: readonly VerifierKey[];
  /** Entries `from` to before `to`, in order. @throws AnchorwatchError `ledger_corrupt`, `ledger_range_invalid` */
  entries(from: number, to: number): AsyncIterable<LogEntry>;
  /** @throws AnchorwatchError `ledger_corrupt`, `ledger_range_invalid` */
  entry(index: number): Promise<LogEntry>;
  /** The inclusion proof of an entry under this checkpoint. @throws AnchorwatchError also `ledger_proof_invalid`: another leaf hash */
  prove(index: number, leaf: Hash): Promise<readonly Hash[]>;
  /** Base64 of the root of the first `size` entries, at most the checkpoint's and at least one. */
  rootAt(size: number): Promise<string>;
  /**
   * The proof that the tree of `newer` entries, at most the checkpoint's, begins with that of `older`, at least one (RFC 6962, 2.1.2).
   * @throws AnchorwatchError `ledger_range_invalid`
   */
  consistencyProof(older: number, newer: number): Promise<readonly Hash[]>;
  /**
   * Resolves when this log begins with the tree of an earlier checkpoint, a signed note by the same keys.
   * @throws AnchorwatchError `ledger_forked`, `ledger_rolled_back`, `ledger_checkpoint_invalid`, `ledger_key_unknown`
   */
  beginsWith(older: Uint8Array | string): Promise<void>;
  /**
   * The same log at its newest checkpoint, which has to contain this one's tree. From then on this one is not to be used any more.
   * @throws AnchorwatchError `ledger_forked`, `ledger_rolled_back` unless its files still have all of this one's tree
   */
  newest(): Promise<OpenedLog>;
}
