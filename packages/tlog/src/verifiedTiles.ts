/**
 * The tiles of a log under one checkpoint, believed only as far as that checkpoint vouches for them: the incomplete tiles at the
 * right edge make the root hash together; a full tile hashes to its place in the tile above.
 */

import type { Checkpoint } from "./checkpoint.ts";
import { firstDifference } from "./compareBytes.ts";
import { TlogError } from "./errors.ts";
import { HASH_BYTES, type Hash, leafHashRow, nodeHashes, sameBytes } from "./hash.ts";
import { entriesOrError, matchEntries, readBundle, readTile } from "./logFiles.ts";
import { type NodeReader, treeRoot } from "./proof.ts";
import { RecentlyUsed } from "./recentlyUsed.ts";
import type { LogSource } from "./source.ts";
import { TILE_WIDTH, type TileId, tilePath, tileWidth } from "./tile.ts";
import { tileNodeReader } from "./tileReader.ts";

export interface VerifiedEntries {
  /** Undefined in the place of those that are damaged. */
  readonly entries: readonly (Uint8Array | undefined)[];
  /** What is wrong with the bundle: at its first damaged entry, or behind the last. */
  readonly fault?: TlogError;
}

export class VerifiedTiles {
  readonly #source: LogSource;
  readonly #checkpoint: Checkpoint;
  /** Verified full tiles by path. Not shared between checkpoints: those of a fork must never be taken for the log's. */
  readonly #cache: RecentlyUsed<Promise<Uint8Array>>;
  readonly #signal: AbortSignal | undefined;
  #edge: Promise<ReadonlyMap<string, Uint8Array>> | undefined;
  /** The bundle that was read last: who asks for one entry after the other mostly stays in it. */
  #last: { readonly index: number; readonly read: Promise<VerifiedEntries> } | undefined;

  constructor(source: LogSource, checkpoint: Checkpoint, cachedTiles: number, signal?: AbortSignal) {
    this.#source = source;
    this.#checkpoint = checkpoint;
    this.#cache = new RecentlyUsed(cachedTiles);
    this.#signal = signal;
  }

  /** Nodes of the checkpoint's tree, for proofs of any size up to its own. */
  readonly nodes: NodeReader = (ids) => tileNodeReader(this.#checkpoint.size, this.tile)(ids);

  /** The hashes of a tile that the checkpoint's tree has. Rejects with `log_corrupt`, `log_root_mismatch` and as `readTile`. */
  readonly tile = async (tile: TileId): Promise<Uint8Array> => {
    const path = tilePath(tile);
    if (tile.width < TILE_WIDTH) return (await this.#readEdge()).get(path) as Uint8Array;
    const cached = this.#cache.get(path);
    if (cached !== undefined) return cached;
    const read = this.#readFull(tile, path);
    this.#cache.set(path, read);
    // What failed may go better next time. The caller has the failure.
    read.catch(() => this.#cache.delete(path));
    return read;
  };

  /** The entries of a bundle that have the hashes that the tree has for them. Rejects as `tile` does. */
  entries(index: number): Promise<VerifiedEntries> {
    if (this.#last?.index === index) return this.#last.read;
    const last = { index, read: this.#readEntries(index) };
    this.#last = last;
    // What is damaged or failed may be better next time. The caller has the failure.
    const forget = () => {
      if (this.#last === last) this.#last = undefined;
    };
    last.read.then(({ fault }) => fault !== undefined && forget(), forget);
    return last.read;
  }

  async #readEntries(index: number): Promise<VerifiedEntries> {
    const width = tileWidth("entries", index, this.#checkpoint.size);
    const bundle = { level: "entries", index, width } as const;
    const [file, row] = await Promise.all([
      readBundle(this.#source, bundle, this.#signal),
      this.tile({ level: 0, index, width }),
    ]);
    const parsed = entriesOrError(file, bundle);
    const isRead = !(parsed instanceof TlogError);
    if (isRead && firstDifference(await leafHashRow(parsed), row) === undefined) return { entries: parsed };
    const { entries, wrong } = await matchEntries(file.bytes, row);
    if (wrong !== undefined) {
      return { entries, fault: wrongEntry(file.path, index * TILE_WIDTH + wrong.at, wrong.byte) };
    }
    // Something follows the last entry.
    return isRead ? { entries } : { entries, fault: parsed };
  }

  async #readFull(tile: TileId, path: string): Promise<Uint8Array> {
    const { bytes } = await readTile(this.#source, tile, this.#signal);
    const level = (tile.level as number) + 1;
    const parent = Math.floor(tile.index / TILE_WIDTH);
    const width = tileWidth(level, parent, this.#checkpoint.size);
    const above = await this.tile({ level, index: parent, width });
    const start = (tile.index % TILE_WIDTH) * HASH_BYTES;
    if (sameBytes(await tileRoot(bytes), above.subarray(start, start + HASH_BYTES))) return bytes;
    throw new TlogError(
      "log_corrupt",
      `${path} of ${this.#source.name} is damaged: it does not hash to what the checkpoint vouches for`,
      { location: { path } },
    );
  }

  #readEdge(): Promise<ReadonlyMap<string, Uint8Array>> {
    if (this.#edge === undefined) {
      const edge = this.#loadEdge();
      edge.catch(() => {
        this.#edge = undefined;
      });
      this.#edge = edge;
    }
    return this.#edge;
  }

  async #loadEdge(): Promise<ReadonlyMap<string, Uint8Array>> {
    const { size, root } = this.#checkpoint;
    const tiles = await Promise.all(
      edgeTiles(size).map(async (tile) => {
        const { bytes } = await readTile(this.#source, tile, this.#signal);
        return [tilePath(tile), bytes] as const;
      }),
    );
    const edge = new Map(tiles);
    const found = await treeRoot(
      size,
      tileNodeReader(size, async (tile) => edge.get(tilePath(tile)) as Uint8Array),
    );
    if (sameBytes(found, root)) return edge;
    const paths = [...edge.keys()];
    throw new TlogError(
      "log_root_mismatch",
      `${paths.join(", ")} of ${this.#source.name} do not hash to the root of its checkpoint of ${size} entries: ` +
        "a tile is damaged, or the tiles are those of another tree",
      { location: paths.length === 1 ? { path: paths[0] as string } : {} },
    );
  }
}

/** The root of a full tile: the hash that the tile above has for it. */
export async function tileRoot(bytes: Uint8Array): Promise<Hash> {
  let row = bytes;
  while (row.length > HASH_BYTES) row = await nodeHashes(row);
  return row;
}

/** The error of an entry that is not the one that the log committed to. */
export function wrongEntry(path: string, index: number, byte: number): TlogError {
  return new TlogError(
    "log_corrupt",
    `${path}: entry ${index}, which begins at byte ${byte}, is damaged: it does not have the hash that the checkpoint vouches for`,
    { location: { path, index, byte } },
  );
}

/** The incomplete tiles of a tree, one a level at most. All complete subtrees that its root is made of lie in them. */
function edgeTiles(size: number): TileId[] {
  const tiles: TileId[] = [];
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    const width = count % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(count / TILE_WIDTH), width });
  }
  return tiles;
}
