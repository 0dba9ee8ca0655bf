/** Reads the tiles and bundles that a tree of some size has, as far as their form goes. What they say is not believed here. */

import { parseBundle } from "./bundle.ts";
import { TlogError } from "./errors.ts";
import { HASH_BYTES, leafHashRow, sameBytes, splitRow } from "./hash.ts";
import { type LogSource, MAX_FILE_BYTES } from "./source.ts";
import { TILE_WIDTH, type TileId, tilePath } from "./tile.ts";
import { checkTileBytes } from "./tileReader.ts";

/** A file as it was read. */
export interface LogFile {
  /** Where it was found. For a partial tile that is gone, the path of the full one. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The entries of a bundle that may be damaged. */
export interface MatchedEntries {
  /** Undefined in the place of those that do not have the hash that they should, or cannot be found behind the damage. */
  readonly entries: readonly (Uint8Array | undefined)[];
  /** The first of those. */
  readonly wrong: WrongEntry | undefined;
}

export interface WrongEntry {
  /** Its place in the bundle. */
  readonly at: number;
  /** Where it begins in the file, its length included. */
  readonly byte: number;
}

const NOTHING = new Uint8Array();
/** Room to see that a tile is too long, and by how much. */
const MAX_TILE_BYTES = 2 * TILE_WIDTH * HASH_BYTES;

/** The hashes of a tile, exactly as many as asked for. Rejects with `log_file_missing` or `tile_invalid`. */
export async function readTile(source: LogSource, tile: TileId, signal?: AbortSignal): Promise<LogFile> {
  const { found, file } = await readWithFallback(source, tile, MAX_TILE_BYTES, signal);
  return { path: file.path, bytes: checkTileBytes(file.bytes, found).subarray(0, tile.width * HASH_BYTES) };
}

/** The file of a bundle: cut to the entries asked for where it is the full one instead of a partial one. */
export async function readBundle(source: LogSource, tile: TileId, signal?: AbortSignal): Promise<LogFile> {
  const { found, file } = await readWithFallback(source, tile, MAX_FILE_BYTES, signal);
  if (found.width === tile.width) return file;
  const last = readableEntries(file.bytes, tile.width).at(-1);
  const end = last === undefined ? 0 : last.byteOffset + last.length - file.bytes.byteOffset;
  return { path: file.path, bytes: file.bytes.subarray(0, end) };
}

/** The entries, as views. Throws `bundle_invalid` naming the file, the entry's index in the log and the byte. */
export function bundleEntries(file: LogFile, tile: TileId): readonly Uint8Array[] {
  try {
    return parseBundle(file.bytes, tile.width);
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    const { index, byte } = error.location;
    throw new TlogError(error.code, `${file.path}: ${error.message}`, {
      cause: error,
      location: {
        path: file.path,
        ...(index === undefined ? {} : { index: tile.index * TILE_WIDTH + index }),
        ...(byte === undefined ? {} : { byte }),
      },
    });
  }
}

/** As `bundleEntries`, for a caller who can say more about the error. */
export function entriesOrError(file: LogFile, tile: TileId): readonly Uint8Array[] | TlogError {
  try {
    return bundleEntries(file, tile);
  } catch (error) {
    if (error instanceof TlogError) return error;
    throw error;
  }
}

/** Which entries have the hashes that `row` holds for them, in a bundle that may end in nonsense. */
export async function matchEntries(bytes: Uint8Array, row: Uint8Array): Promise<MatchedEntries> {
  const readable = readableEntries(bytes, row.length / HASH_BYTES);
  const hashes = splitRow(await leafHashRow(readable));
  const entries = splitRow(row).map((hash, at) =>
    sameBytes(hashes[at] ?? NOTHING, hash) ? readable[at] : undefined,
  );
  const at = entries.indexOf(undefined);
  if (at < 0) return { entries, wrong: undefined };
  const byte = readable.slice(0, at).reduce((total, entry) => total + 2 + entry.length, 0);
  return { entries, wrong: { at, byte } };
}

/** As many entries as can be read before the bundle ends in the middle of one. */
function readableEntries(bytes: Uint8Array, count: number): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; entries.length < count && at + 2 <= bytes.length; ) {
    const end = at + 2 + (bytes[at] as number) * 256 + (bytes[at + 1] as number);
    if (end > bytes.length) break;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** Partial files may be removed once the full one is there (C2SP tlog-tiles, "Partial Tiles"): the full one begins with it. */
async function readWithFallback(
  source: LogSource,
  tile: TileId,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly found: TileId; readonly file: LogFile }> {
  const path = tilePath(tile);
  const options = { maxBytes, ...(signal === undefined ? {} : { signal }) };
  const bytes = await source.read(path, options);
  if (bytes !== undefined) return { found: tile, file: { path, bytes } };
  if (tile.width < TILE_WIDTH) {
    const full = { ...tile, width: TILE_WIDTH };
    const fullPath = tilePath(full);
    const fullBytes = await source.read(fullPath, options);
    if (fullBytes !== undefined) return { found: full, file: { path: fullPath, bytes: fullBytes } };
  }
  throw new TlogError("log_file_missing", `${path} is missing in ${source.name}`, { location: { path } });
}
