/**
 * Two parts of a log contradict each other: which one is damaged? The one that what stands above it, up to the checkpoint, does not
 * vouch for. Only run when a fault was found, so it reads again what it needs.
 */

import type { Checkpoint } from "./checkpoint.ts";
import { firstDifference } from "./compareBytes.ts";
import { TlogError } from "./errors.ts";
import { HASH_BYTES, leafHashRow, sameBytes } from "./hash.ts";
import { bundleEntries, type LogFile, matchEntries, readTile } from "./logFiles.ts";
import { treeRoot } from "./proof.ts";
import type { LogSource } from "./source.ts";
import { TILE_WIDTH, type TileId, tilePath, tileWidth } from "./tile.ts";
import { tileNodeReader } from "./tileReader.ts";
import { tileRoot, wrongEntry } from "./verifiedTiles.ts";

/** A bundle and the tile of its hashes, of which one is wrong. */
export interface BundleFault {
  readonly source: LogSource;
  readonly checkpoint: Checkpoint;
  readonly bundle: LogFile;
  readonly tile: LogFile;
  readonly index: number;
  readonly width: number;
}

/** A tile that is not what the tiles below it hash to. */
export interface TileFault {
  readonly source: LogSource;
  readonly checkpoint: Checkpoint;
  readonly id: TileId;
  readonly tile: LogFile;
  /** What it should be if everything below is right. */
  readonly computed: Uint8Array;
  /** The first byte that differs. */
  readonly byte: number;
}

/** `unreadable` is why the bundle could not be read, if it could not. */
export async function blameBundle(fault: BundleFault, unreadable?: TlogError): Promise<TlogError> {
  const { bundle, tile, index, width } = fault;
  const { wrong } = await matchEntries(bundle.bytes, tile.bytes);
  // All entries are right, and something follows them.
  if (wrong === undefined) return unreadable ?? notWrong(bundle.path);
  const entry = index * TILE_WIDTH + wrong.at;
  const damaged = wrongEntry(bundle.path, entry, wrong.byte);
  if (await isVouchedFor(fault, { level: 0, index, width }, tile.bytes)) return damaged;
  if (unreadable !== undefined) return unreadable;
  const row = await leafHashRow(bundleEntries(bundle, { level: "entries", index, width }));
  const byte = firstDifference(row, tile.bytes) ?? 0;
  if (await isVouchedFor(fault, { level: 0, index, width }, row)) return wrongHash(tile.path, byte);
  return new TlogError(
    "log_corrupt",
    `${bundle.path}: entry ${entry}, which begins at byte ${wrong.byte}, does not have the hash at byte ${byte} of ${tile.path}, ` +
      "and neither of the two files leads to the checkpoint: both are damaged, or what stands above them is",
    { location: damaged.location },
  );
}

export async function blameTile(fault: TileFault): Promise<TlogError> {
  const { id, tile, computed } = fault;
  const level = id.level as number;
  const byte = fault.byte - (fault.byte % HASH_BYTES);
  if (!(await isVouchedFor(fault, id, tile.bytes))) {
    if (await isVouchedFor(fault, id, computed)) return wrongHash(tile.path, byte);
    return new TlogError(
      "log_corrupt",
      `${tile.path}: the hash at byte ${byte} is not the one of the tile below it, and neither leads to the checkpoint: ` +
        "one of them is damaged, or what stands above them is",
      { location: { path: tile.path, byte } },
    );
  }
  const below = id.index * TILE_WIDTH + byte / HASH_BYTES;
  const path = tilePath({ level: level - 1, index: below, width: TILE_WIDTH });
  const [first, last] = [below * TILE_WIDTH ** level, (below + 1) * TILE_WIDTH ** level - 1];
  return new TlogError(
    "log_corrupt",
    `${path} and the entries ${first} to ${last} agree with one another, but not with the hash at byte ${byte} of ${tile.path}, ` +
      "which the checkpoint vouches for: they were replaced together",
    { location: { path, index: first } },
  );
}

/** Whether these hashes, in the place of the tile, lead to what stands above: the tile there, or at the right edge the root. */
async function isVouchedFor(
  { source, checkpoint }: Pick<TileFault, "source" | "checkpoint">,
  id: TileId,
  row: Uint8Array,
): Promise<boolean> {
  const { size, root } = checkpoint;
  const level = id.level as number;
  try {
    if (id.width === TILE_WIDTH) {
      const index = Math.floor(id.index / TILE_WIDTH);
      const width = tileWidth(level + 1, index, size);
      const above = await readTile(source, { level: level + 1, index, width });
      const start = (id.index % TILE_WIDTH) * HASH_BYTES;
      return sameBytes(await tileRoot(row), above.bytes.subarray(start, start + HASH_BYTES));
    }
    const read = async (tile: TileId) => (tile.level === level ? row : (await readTile(source, tile)).bytes);
    return sameBytes(await treeRoot(size, tileNodeReader(size, read)), root);
  } catch (error) {
    // What stands above is damaged too, or gone. Then it vouches for nothing.
    if (error instanceof TlogError) return false;
    throw error;
  }
}

function wrongHash(path: string, byte: number): TlogError {
  const start = byte - (byte % HASH_BYTES);
  return new TlogError(
    "log_corrupt",
    `${path} is damaged: the hash at byte ${start} is not the one that the entries have and the checkpoint vouches for`,
    { location: { path, byte: start } },
  );
}

/** Never by a source that gives the same bytes twice. */
function notWrong(path: string): TlogError {
  return new TlogError("log_corrupt", `${path} changed while it was read`, { location: { path } });
}
