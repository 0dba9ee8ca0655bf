/** What lies between the files of a tree: partial tiles that newer ones replaced, files that came after the checkpoint, strangers. */

import { firstDifference } from "./compareBytes.ts";
import { TlogError } from "./errors.ts";
import { HASH_BYTES } from "./hash.ts";
import { bundleEntries, type LogFile, readBundle, readTile } from "./logFiles.ts";
import { type LogSource, MAX_FILE_BYTES } from "./source.ts";
import { parseTilePath, TILE_WIDTH, type TileId, tilePath, tileWidth } from "./tile.ts";
import { checkTileBytes } from "./tileReader.ts";

export interface OtherFiles {
  /** False: the source cannot be listed, so nothing was looked for. */
  readonly listed: boolean;
  /** Tiles and bundles of smaller trees than the checkpoint's, whose hashes and entries are all those of the tree. */
  readonly replaced: number;
  /** Tiles and bundles with more than the checkpoint's tree has: written since, or left by a crash. Nothing vouches for the surplus. */
  readonly ahead: FileList;
  /** Files that are none of a log. */
  readonly strangers: FileList;
}

/** Paths in the log. */
export interface FileList {
  readonly count: number;
  /** The first of them, at most 1,000. */
  readonly paths: readonly string[];
}

export const NOT_LISTED: OtherFiles = {
  listed: false,
  replaced: 0,
  ahead: { count: 0, paths: [] },
  strangers: { count: 0, paths: [] },
};

const MAX_PATHS = 1000;

/**
 * Looks at every path that is not of the tree of that size, which was verified before. Rejects with `log_corrupt` where a file
 * contradicts the tree, and with `tile_invalid` or `bundle_invalid` where it is none.
 */
export async function checkOtherFiles(
  source: LogSource,
  paths: AsyncIterable<string>,
  size: number,
  signal?: AbortSignal,
): Promise<OtherFiles> {
  const ahead = new Paths();
  const strangers = new Paths();
  const reference = new Reference(source, size, signal);
  let replaced = 0;
  for await (const path of paths) {
    signal?.throwIfAborted();
    const tile = tryTilePath(path);
    if (tile === undefined) {
      strangers.add(path);
      continue;
    }
    const width = tileWidth(tile.level, tile.index, size);
    if (tile.width === width) continue;
    if (width > 0 && !(await reference.agrees(tile))) continue;
    if (tile.width > width) ahead.add(path);
    else replaced++;
  }
  return { listed: true, replaced, ahead: ahead.list(), strangers: strangers.list() };
}

/** The file of the tree that another file of the same place is compared with. Usually many follow one another. */
class Reference {
  readonly #source: LogSource;
  readonly #size: number;
  readonly #signal: AbortSignal | undefined;
  #last: { readonly path: string; readonly file: LogFile } | undefined;

  constructor(source: LogSource, size: number, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#size = size;
    this.#signal = signal;
  }

  /** False when the file is gone by now. Throws where it contradicts. */
  async agrees(tile: TileId): Promise<boolean> {
    const path = tilePath(tile);
    const bytes = await this.#source.read(path, {
      maxBytes: tile.level === "entries" ? MAX_FILE_BYTES : 2 * TILE_WIDTH * HASH_BYTES,
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
    });
    if (bytes === undefined) return false;
    const file = { path, bytes };
    const entries = tile.level === "entries" ? bundleEntries(file, tile) : undefined;
    if (entries === undefined) checkTileBytes(bytes, tile);
    const expected = await this.#fileOfTree(tile);
    const byte = firstDifference(bytes, expected.bytes);
    if (byte === undefined) return true;
    throw contradiction(file, tile, entries, expected, byte);
  }

  async #fileOfTree({ level, index }: TileId): Promise<LogFile> {
    const tile = { level, index, width: tileWidth(level, index, this.#size) };
    const path = tilePath(tile);
    if (this.#last?.path !== path) {
      const read = level === "entries" ? readBundle : readTile;
      this.#last = { path, file: await read(this.#source, tile, this.#signal) };
    }
    return this.#last.file;
  }
}

class Paths {
  #count = 0;
  readonly #paths: string[] = [];

  add(path: string): void {
    this.#count++;
    if (this.#paths.length < MAX_PATHS) this.#paths.push(path);
  }

  list(): FileList {
    return { count: this.#count, paths: this.#paths };
  }
}

function contradiction(
  { path, bytes }: LogFile,
  tile: TileId,
  entries: readonly Uint8Array[] | undefined,
  reference: LogFile,
  byte: number,
): TlogError {
  const why = `the tree of the checkpoint has other bytes there, in ${reference.path}`;
  if (entries === undefined) {
    const start = byte - (byte % HASH_BYTES);
    return new TlogError("log_corrupt", `${path} is damaged in the hash at byte ${start}: ${why}`, {
      location: { path, byte: start },
    });
  }
  const at = entries.findLastIndex((entry) => entry.byteOffset - 2 - bytes.byteOffset <= byte);
  const start = (entries[at] as Uint8Array).byteOffset - 2 - bytes.byteOffset;
  const index = tile.index * TILE_WIDTH + at;
  return new TlogError(
    "log_corrupt",
    `${path}: entry ${index}, which begins at byte ${start}, is damaged: ${why}`,
    { location: { path, index, byte: start } },
  );
}

function tryTilePath(path: string): TileId | undefined {
  try {
    return parseTilePath(path);
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}
