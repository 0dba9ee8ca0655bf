/** Computes a tree from its entries, bundle by bundle, and compares it with every tile and with the checkpoint. */

import { blameBundle, blameTile } from "./blame.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { firstDifference } from "./compareBytes.ts";
import { TlogError } from "./errors.ts";
import { HASH_BYTES, type Hash, leafHashRow, sameBytes } from "./hash.ts";
import { entriesOrError, type LogFile, readBundle, readTile } from "./logFiles.ts";
import { treeRoot } from "./proof.ts";
import { readAhead } from "./readAhead.ts";
import type { LogSource } from "./source.ts";
import { TILE_WIDTH, type TileId, tileWidth } from "./tile.ts";
import { tileNodeReader } from "./tileReader.ts";
import { tileRoot } from "./verifiedTiles.ts";

export interface VerifyProgress {
  /** Entries verified so far, of `size`. */
  readonly entries: number;
  readonly size: number;
}

export interface CheckedTree {
  /** Tiles and bundles that were read and compared. */
  readonly files: number;
  /** The roots of the trees of the sizes that were asked for. */
  readonly roots: ReadonlyMap<number, Hash>;
}

export interface TreeCheckOptions {
  readonly onProgress?: (progress: VerifyProgress) => void;
  readonly onEntries?: (first: number, entries: readonly Uint8Array[]) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

/** A bundle and the tile of its hashes, as they were read. */
interface Piece {
  readonly index: number;
  readonly width: number;
  readonly bundle: LogFile;
  readonly tile: LogFile;
}

const TILE_BYTES = TILE_WIDTH * HASH_BYTES;
/** Bundles may have 500 bytes or 16 MiB. So many bytes of them are held at once, or two bundles. */
const AHEAD_BYTES = 8 * 1024 * 1024;
const AHEAD_FILES = 16;

/** All of a tree but the files that do not belong to it. Rejects at the first fault in the order of the entries. */
export async function checkTree(
  source: LogSource,
  checkpoint: Checkpoint,
  olderSizes: readonly number[],
  options: TreeCheckOptions,
): Promise<CheckedTree> {
  const { size } = checkpoint;
  const tree = new ComputedTree(source, checkpoint, options.signal);
  const roots = new Map<number, Hash>();
  let bundleBytes = AHEAD_BYTES / 4;
  const pieces = readAhead(
    pieceIndexes(size),
    (index) => readPiece(source, index, size, options.signal),
    () => Math.min(AHEAD_FILES, Math.max(2, Math.floor(AHEAD_BYTES / bundleBytes))),
  );
  for await (const piece of pieces) {
    bundleBytes = Math.max(1, piece.bundle.bytes.length);
    const first = piece.index * TILE_WIDTH;
    const entries = await tree.add(piece);
    for (const older of olderSizes) {
      if (older >= first && older < first + TILE_WIDTH) roots.set(older, await tree.rootAt(older));
    }
    await tree.carry(piece.index);
    await options.onEntries?.(first, entries);
    options.onProgress?.({ entries: first + piece.width, size });
  }
  roots.set(size, await tree.finish());
  return { files: tree.files, roots };
}

class ComputedTree {
  readonly #source: LogSource;
  readonly #checkpoint: Checkpoint;
  readonly #signal: AbortSignal | undefined;
  /** Of each level the hashes of the tile that is not complete yet, at most 8 KiB. */
  readonly #rows: Uint8Array[] = [];
  files = 0;

  constructor(source: LogSource, checkpoint: Checkpoint, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#checkpoint = checkpoint;
    this.#signal = signal;
  }

  /** Verifies a bundle against its tile, and keeps the hashes as the row of level 0. */
  async add(piece: Piece): Promise<readonly Uint8Array[]> {
    const { index, width, bundle, tile } = piece;
    const id = { level: "entries", index, width } as const;
    const fault = { source: this.#source, checkpoint: this.#checkpoint, bundle, tile, index, width };
    const entries = entriesOrError(bundle, id);
    if (entries instanceof TlogError) throw await blameBundle(fault, entries);
    const row = await leafHashRow(entries);
    if (firstDifference(row, tile.bytes) !== undefined) throw await blameBundle(fault);
    this.#rows[0] = row;
    this.files += 2;
    return entries;
  }

  /** The root of the tree that ends with the hashes that are here, or with fewer of level 0. */
  async rootAt(size: number): Promise<Hash> {
    const read = async ({ level, width }: TileId) =>
      this.#row(level as number).subarray(0, width * HASH_BYTES);
    return treeRoot(size, tileNodeReader(size, read));
  }

  /** Gives the hash of each row that is full to the level above, and compares the rows that become full by that. */
  async carry(bundle: number): Promise<void> {
    let index = bundle;
    for (let level = 0; this.#row(level).length === TILE_BYTES; level++) {
      if (level > 0) await this.#compare({ level, index, width: TILE_WIDTH });
      const root = await tileRoot(this.#row(level));
      this.#rows[level] = new Uint8Array();
      this.#rows[level + 1] = joined(this.#row(level + 1), root);
      index = Math.floor(index / TILE_WIDTH);
    }
  }

  /** Compares what is left: the incomplete tiles, and the root. */
  async finish(): Promise<Hash> {
    const { size, root } = this.#checkpoint;
    for (let level = 1; level < this.#rows.length; level++) {
      const width = this.#row(level).length / HASH_BYTES;
      const index = Math.floor(size / TILE_WIDTH ** (level + 1));
      if (width > 0) await this.#compare({ level, index, width });
    }
    const computed = await this.rootAt(size);
    if (sameBytes(computed, root)) return computed;
    throw new TlogError(
      "log_root_mismatch",
      `the ${size} entries of ${this.#source.name} and all its tiles agree with one another, but not with the root hash of its ` +
        "checkpoint: the log was rewritten as a whole, or the checkpoint is of another tree",
      { location: { path: "checkpoint" } },
    );
  }

  async #compare(id: TileId): Promise<void> {
    const level = id.level as number;
    const tile = await readTile(this.#source, id, this.#signal);
    const computed = this.#row(level);
    const byte = firstDifference(computed, tile.bytes);
    if (byte !== undefined) {
      throw await blameTile({ source: this.#source, checkpoint: this.#checkpoint, id, tile, computed, byte });
    }
    this.files++;
  }

  #row(level: number): Uint8Array {
    return this.#rows[level] ?? new Uint8Array();
  }
}

function* pieceIndexes(size: number): Iterable<number> {
  for (let index = 0; index * TILE_WIDTH < size; index++) yield index;
}

async function readPiece(
  source: LogSource,
  index: number,
  size: number,
  signal: AbortSignal | undefined,
): Promise<Piece> {
  const width = tileWidth("entries", index, size);
  const [bundle, tile] = await Promise.all([
    readBundle(source, { level: "entries", index, width }, signal),
    readTile(source, { level: 0, index, width }, signal),
  ]);
  return { index, width, bundle, tile };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
