/** Verifies a whole log: every entry, every hash of every tile, the root, and every other file that lies between them. */

import type { Checkpoint } from "./checkpoint.ts";
import { type Hash, sameBytes } from "./hash.ts";
import {
  checkSameLog,
  forked,
  type LogCheckpoint,
  openTrusted,
  readCheckpoint,
  rolledBack,
  type Trust,
} from "./logCheckpoint.ts";
import { checkOtherFiles, NOT_LISTED, type OtherFiles } from "./otherFiles.ts";
import type { LogSource } from "./source.ts";
import { checkTree, type VerifyProgress } from "./treeCheck.ts";

export interface VerifyLogOptions extends Trust {
  /** Checkpoints that were seen before, signed notes: the log must have grown out of each of them. */
  readonly since?: readonly (Uint8Array | string)[];
  /** Verify the tree of this checkpoint instead of the log's newest. */
  readonly checkpoint?: Uint8Array | string;
  /** Told after every bundle. */
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** The entries of each bundle, from index `first` on, in order. They agree with the tiles; the root comes last. Waited for. */
  readonly onEntries?: (first: number, entries: readonly Uint8Array[]) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

export interface VerifiedLog extends LogCheckpoint {
  /** The checkpoints of `since`. */
  readonly since: readonly Checkpoint[];
  /** Tiles and bundles of the tree that were read and compared. */
  readonly files: number;
  /** What else lies under `tile/`. */
  readonly others: OtherFiles;
}

/**
 * Reads the log from end to end and computes everything anew from its entries. Memory does not grow with the log. Resolves when
 * all is as it must be; `authenticated` says whether a key vouches for it. Rejects with `log_corrupt`, `log_file_missing`,
 * `log_root_mismatch`, `bundle_invalid` or `tile_invalid`, whose `location` names the file, the entry and the byte as far as they
 * can be told; with `log_forked` or `log_rolled_back` and the evidence; and as the source does.
 */
export async function verifyLog(source: LogSource, options: VerifyLogOptions = {}): Promise<VerifiedLog> {
  const { signal } = options;
  const current = await currentCheckpoint(source, options);
  const older = await Promise.all((options.since ?? []).map((note) => openTrusted(note, options)));
  for (const known of older) checkOlder(known, current);
  const { size } = current.checkpoint;
  const sizes = older.map((known) => known.checkpoint.size);
  const { files, roots } = await checkTree(source, current.checkpoint, sizes, options);
  for (const known of older) checkGrowth(known, current, roots);
  const others =
    source.list === undefined
      ? NOT_LISTED
      : await checkOtherFiles(source, source.list("tile/"), size, signal);
  return { ...current, since: older.map(({ checkpoint }) => checkpoint), files, others };
}

async function currentCheckpoint(source: LogSource, options: VerifyLogOptions): Promise<LogCheckpoint> {
  const { checkpoint, signal } = options;
  return checkpoint === undefined
    ? readCheckpoint(source, options, signal)
    : openTrusted(checkpoint, options);
}

/** What can be told before the log is read. */
function checkOlder(older: LogCheckpoint, current: LogCheckpoint): void {
  checkSameLog(older, current);
  if (older.checkpoint.size > current.checkpoint.size) throw rolledBack(older, current);
}

function checkGrowth(older: LogCheckpoint, current: LogCheckpoint, roots: ReadonlyMap<number, Hash>): void {
  const root = roots.get(older.checkpoint.size);
  if (root === undefined || !sameBytes(root, older.checkpoint.root)) throw forked(older, current);
}
