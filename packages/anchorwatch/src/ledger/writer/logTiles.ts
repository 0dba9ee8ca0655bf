/** Reads the tiles of a log out of its storage, and says to the byte what is wrong with one. */
import {
  consistencyProof,
  HASH_BYTES,
  type Hash,
  parseBundle,
  TILE_WIDTH,
  type TileId,
  TlogError,
  tileNodeReader,
  tilePath,
  tileWidth,
  treeRoot,
} from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LogStorage, TreeState } from "../storage/storage.ts";
import { GrowingTree } from "./growingTree.ts";

export class LogTiles {
  readonly #storage: LogStorage;

  constructor(storage: LogStorage) {
    this.#storage = storage;
  }

  /** Of a partial tile that is gone because the full one is there, its beginning. @throws AnchorwatchError `ledger_corrupt` */
  async read(tile: TileId): Promise<Uint8Array> {
    const path = tilePath(tile);
    const bytes = await this.#storage.read(path);
    if (bytes !== undefined) return bytes;
    const full = tile.width === TILE_WIDTH ? undefined : await this.#storage.read(fullPath(tile));
    if (full === undefined) throw corrupt(this.#storage.name, path, "is missing");
    if (tile.level !== "entries") return full.subarray(0, tile.width * HASH_BYTES);
    const entries = parseBundle(full, TILE_WIDTH).slice(0, tile.width);
    return full.subarray(
      0,
      entries.reduce((end, entry) => end + 2 + entry.length, 0),
    );
  }

  /** All that is needed to add to a tree of that size. Its last bundle and its last hashes have to belong together. */
  async edge(size: number): Promise<GrowingTree> {
    return this.#naming(() => GrowingTree.load(size, (tile) => this.read(tile)));
  }

  /** Base64 of the root of the first `size` entries, out of the tiles of a tree that has at least as many. */
  async root(size: number, treeSize: number): Promise<TreeState["root"]> {
    const nodes = tileNodeReader(treeSize, (tile) => this.read(tile));
    return Buffer.from(await this.#naming(() => treeRoot(size, nodes))).toString("base64");
  }

  /** The proof between two sizes, out of the tiles of a tree that has at least as many entries. */
  async consistency(older: number, newer: number, treeSize = newer): Promise<readonly Hash[]> {
    const nodes = tileNodeReader(treeSize, (tile) => this.read(tile));
    return this.#naming(() => consistencyProof(older, newer, nodes));
  }

  /** The entries from `from` on, a bundle at a time. */
  async *bundles(
    from: number,
    treeSize: number,
  ): AsyncIterable<readonly { readonly index: number; readonly bytes: Uint8Array }[]> {
    for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < treeSize; index++) {
      const tile = { level: "entries", index, width: tileWidth("entries", index, treeSize) } as const;
      const read = async () => parseBundle(await this.read(tile), tile.width);
      const entries = await this.#naming(read, tilePath(tile));
      const numbered = entries.map((entry, at) => ({ index: index * TILE_WIDTH + at, bytes: entry }));
      yield numbered.filter((entry) => entry.index >= from);
    }
  }

  /** A TlogError about a tile becomes one about this log. */
  async #naming<Result>(work: () => Promise<Result>, path?: string): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TlogError)) throw error;
      const where = error.location.path ?? path ?? "tile";
      throw corrupt(this.#storage.name, where, `is damaged: ${error.message}`, error);
    }
  }
}

/** `what` follows the name of the file. */
export function corrupt(name: string, path: string, what: string, cause?: unknown): AnchorwatchError {
  return new AnchorwatchError("ledger_corrupt", `${path} of the ledger ${name} ${what}`, {
    cause,
    hint: "Nothing was written. `anchorwatch ledger fsck` shows what can still be read; restore the file from a copy.",
    location: { file: `${name}/${path}` },
  });
}

function fullPath(tile: TileId): string {
  return tilePath({ ...tile, width: TILE_WIDTH });
}
