/** What a log is kept in. A directory and an S3 bucket implement it; the writer knows nothing else of them. */

/** A tree: how many entries it has and what they hash to. Unsigned; a checkpoint is its signed form. */
export interface TreeState {
  readonly size: number;
  /** Base64 of the 32 bytes of the root hash. */
  readonly root: string;
}

/** A file of the log: a tile of hashes or a bundle of entries. */
export interface LogFile {
  /** Path inside the log, `tile/0/x001/067`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A batch that was claimed before its files were written. */
export interface StagedBatch {
  /** The tree that the batch makes. It begins where `readTree` ends. */
  readonly next: TreeState;
  readonly entries: readonly Uint8Array[];
}

/** A log as everybody may read it, and the way to become its writer. */
export interface LogStorage {
  /** For messages: the folder, or `s3://bucket/prefix`. */
  readonly name: string;
  /** The bytes at a path inside the log: `checkpoint`, `tile/…`, `content/sha256/…`. Undefined: not there. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Paths inside the log that begin so, in no order. */
  list(prefix: string): AsyncIterable<string>;
  /** Takes the log for this process. Refuses at once when another has it: `ledger_locked`. */
  lock(): Promise<WriterLease>;
}

/**
 * What only the one writer of a log may do. When any call rejects, nobody knows what became durable: the writer must stop and
 * leave it to the next one to find out. Nothing is called at the same time as anything else but `writeTiles` with `writeContent`,
 * `isHeld`, and `removePartials`, whose tiles nobody writes any more, with all but itself and `release`.
 */
export interface WriterLease {
  /** The tree that all tiles are there for: durable, perhaps ahead of the checkpoint after a crash. Undefined: a new log. */
  readTree(): Promise<TreeState | undefined>;
  /** A batch that may be written in part only, after `readTree`'s tree. The writer writes it again before anything else. */
  readStaged(): Promise<StagedBatch | undefined>;
  /** Claims the next tree before any of its files is written. The fence against a second writer where there is no lock. */
  stage(next: TreeState, entries: readonly Uint8Array[]): Promise<void>;
  /** Durable when resolved. Replaces what a crash left at the same paths; never what `readTree`'s tree covers. */
  writeTiles(files: readonly LogFile[]): Promise<void>;
  /** Durable when resolved. The path is that of `contentPath` in servedFile.ts. The same digest twice is no error. */
  writeContent(digest: string, bytes: Uint8Array): Promise<void>;
  /** Durable when resolved. All files of the tree must be. At start it is called with the tree that was read, to make that durable. */
  commitTree(next: TreeState): Promise<void>;
  /** Durable when resolved. The tree must be. At start it is called with the note that was read, to make that durable. */
  writeCheckpoint(note: string): Promise<void>;
  /** Removes what a crash left beyond the tree of that size, durably. Rejects when it is more than one batch can have left. */
  discardBeyond(size: number): Promise<void>;
  /** Removes the partial tiles before a full one, which has to be durable: `tile/0/000` removes `tile/0/000.p/…`. */
  removePartials(fullTile: string): Promise<void>;
  /** False when another writer has taken the log meanwhile, where no lock prevents that: what is found there may be its work. */
  isHeld(): Promise<boolean>;
  /** Gives the log back. What is durable stays. */
  release(): Promise<void>;
}
