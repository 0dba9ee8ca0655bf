/** Whether one checkpoint grew out of another. */

import { TlogError } from "./errors.ts";
import type { Hash } from "./hash.ts";
import { checkSameLog, forked, type LogCheckpoint, rolledBack } from "./logCheckpoint.ts";
import { consistencyProof, verifyConsistency } from "./proof.ts";
import type { VerifiedTiles } from "./verifiedTiles.ts";

/**
 * The proof that the tree of `newer`, whose tiles are given, begins with the tree of `older`. Empty when the sizes are equal or the
 * older one is zero. Rejects with `log_forked` and `log_rolled_back`, which carry both checkpoints, or because a tile is damaged.
 */
export async function proveGrowth(
  older: LogCheckpoint,
  newer: LogCheckpoint,
  tiles: VerifiedTiles,
): Promise<readonly Hash[]> {
  checkSameLog(older, newer);
  const [from, to] = [older.checkpoint.size, newer.checkpoint.size];
  if (from > to) throw rolledBack(older, newer);
  if (from === 0 || from === to) return [];
  const proof = await consistencyProof(from, to, tiles.nodes);
  try {
    await verifyConsistency({
      older: from,
      newer: to,
      olderRoot: older.checkpoint.root,
      newerRoot: newer.checkpoint.root,
      proof,
    });
  } catch (error) {
    // The tiles do make the newer root, so it is the older one that is of another history.
    throw error instanceof TlogError && error.code === "proof_hash_mismatch" ? forked(older, newer) : error;
  }
  return proof;
}
