/**
 * The right edge of a log's tree, all that is needed to add to it: of every level of tiles the last, incomplete one, and the
 * entries of the last bundle. Its size in memory does not depend on the log's.
 */
import {
  encodeBundle,
  HASH_BYTES,
  leafHashRow,
  nodeHashes,
  parseBundle,
  TILE_HEIGHT,
  TILE_WIDTH,
  type TileId,
  TlogError,
  tileNodeReader,
  tilePath,
  treeRoot,
} from "tlog";
import type { LogFile, TreeState } from "../storage/storage.ts";

const TILE_BYTES = TILE_WIDTH * HASH_BYTES;
const NOTHING = new Uint8Array();

/** What a batch adds to the files of the log. */
export interface Growth {
  /** Full tiles and bundles, and of each level that changed the partial one at its end. */
  readonly files: readonly LogFile[];
  /** Those among them that are full now and were partial before. */
  readonly completed: readonly string[];
}

export class GrowingTree {
  #size: number;
  #bundle: readonly Uint8Array[];
  /** By level: the hashes of its incomplete tile. */
  readonly #rows: Uint8Array[];

  private constructor(size: number, bundle: readonly Uint8Array[], rows: Uint8Array[]) {
    this.#size = size;
    this.#bundle = bundle;
    this.#rows = rows;
  }

  /** `read` gives the bytes of a tile that a tree of that size has. Rejects with a TlogError where its form is wrong. */
  static async load(size: number, read: (tile: TileId) => Promise<Uint8Array>): Promise<GrowingTree> {
    const rows: Uint8Array[] = [];
    for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
      const last = lastTile(level, count);
      rows.push(last === undefined ? NOTHING : await read(last));
    }
    const bundle = lastTile("entries", size);
    const entries = bundle === undefined ? [] : parseBundle(await read(bundle), bundle.width);
    if (bundle !== undefined) await checkBundle(bundle, entries, rows[0] ?? NOTHING);
    return new GrowingTree(size, entries, rows);
  }

  get size(): number {
    return this.#size;
  }

  /** The newest entry, if it lies in the incomplete bundle. */
  get lastEntry(): Uint8Array | undefined {
    return this.#bundle.at(-1);
  }

  async state(): Promise<TreeState> {
    const read = async ({ level }: TileId) => this.#rows[level as number] ?? NOTHING;
    const root = await treeRoot(this.#size, tileNodeReader(this.#size, read));
    return { size: this.#size, root: Buffer.from(root).toString("base64") };
  }

  /** Adds entries, at least one. The files have to be stored before the tree is used. */
  async grow(entries: readonly Uint8Array[]): Promise<Growth> {
    const files: LogFile[] = [];
    const completed: string[] = [];
    let carried = await leafHashRow(entries);
    for (let level = 0; carried.length > 0; level++) {
      carried = await this.#growLevel(level, carried, files, completed);
    }
    this.#growBundles(entries, files, completed);
    this.#size += entries.length;
    return { files, completed };
  }

  /** Returns the hashes that the level above gets: one for each tile that is full now. */
  async #growLevel(
    level: number,
    added: Uint8Array,
    files: LogFile[],
    completed: string[],
  ): Promise<Uint8Array> {
    const before = this.#rows[level] ?? NOTHING;
    const first = Math.floor(this.#size / TILE_WIDTH ** (level + 1));
    const row = joined(before, added);
    const full = Math.floor(row.length / TILE_BYTES);
    for (let tile = 0; tile < full; tile++) {
      const path = tilePath({ level, index: first + tile, width: TILE_WIDTH });
      files.push({ path, bytes: row.subarray(tile * TILE_BYTES, (tile + 1) * TILE_BYTES) });
      if (tile === 0 && before.length > 0) completed.push(path);
    }
    const rest = row.slice(full * TILE_BYTES);
    this.#rows[level] = rest;
    if (rest.length > 0) {
      files.push({
        path: tilePath({ level, index: first + full, width: rest.length / HASH_BYTES }),
        bytes: rest,
      });
    }
    let roots: Uint8Array = row.slice(0, full * TILE_BYTES);
    for (let height = 0; height < TILE_HEIGHT; height++) roots = await nodeHashes(roots);
    return roots;
  }

  #growBundles(entries: readonly Uint8Array[], files: LogFile[], completed: string[]): void {
    const all = [...this.#bundle, ...entries];
    const first = Math.floor(this.#size / TILE_WIDTH);
    for (let at = 0; at < all.length; at += TILE_WIDTH) {
      const bundle = all.slice(at, at + TILE_WIDTH);
      const path = tilePath({ level: "entries", index: first + at / TILE_WIDTH, width: bundle.length });
      files.push({ path, bytes: encodeBundle(bundle) });
      if (at === 0 && bundle.length === TILE_WIDTH && this.#bundle.length > 0) completed.push(path);
    }
    this.#bundle = all.slice(all.length - (all.length % TILE_WIDTH));
  }
}

/** A damaged entry must not be copied into the next bundle. */
async function checkBundle(bundle: TileId, entries: readonly Uint8Array[], row: Uint8Array): Promise<void> {
  const hashes = await leafHashRow(entries);
  const wrong = entries.findIndex((_, at) => {
    const [from, to] = [at * HASH_BYTES, (at + 1) * HASH_BYTES];
    return Buffer.compare(hashes.subarray(from, to), row.subarray(from, to)) !== 0;
  });
  if (wrong < 0) return;
  const index = bundle.index * TILE_WIDTH + wrong;
  const path = tilePath(bundle);
  const message = `entry ${index} does not have the hash that the tile of hashes has for it`;
  throw new TlogError("bundle_invalid", message, { location: { path, index } });
}

/** The incomplete tile of a level with so many hashes. */
function lastTile(level: TileId["level"], count: number): TileId | undefined {
  const width = count % TILE_WIDTH;
  return width === 0 ? undefined : { level, index: Math.floor(count / TILE_WIDTH), width };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
