/** A log without a checkpoint that can be used is looked at all the same: by a tree that nobody vouches for. */
import {
  formatCheckpoint,
  formatNote,
  HASH_BYTES,
  type LogSource,
  parseTilePath,
  TILE_WIDTH,
  type TileId,
  TlogError,
  tileNodeReader,
  tilePath,
  treeRoot,
} from "tlog";
import type { TreeState } from "../../storage/storage.ts";

/** The same log with a checkpoint of that tree. It is signed by nobody: to be opened without keys. */
export function withUnsignedTree(source: LogSource, { size, root }: TreeState): LogSource {
  const text = formatCheckpoint({
    origin: "unsigned",
    size,
    root: Buffer.from(root, "base64"),
    extensions: [],
  });
  const signatures = [{ name: "nobody", keyId: 0, signature: new Uint8Array(64) }];
  const note = new TextEncoder().encode(formatNote({ text, signatures }));
  return {
    ...source,
    read: async (path, options) => (path === "checkpoint" ? note : source.read(path, options)),
  };
}

/**
 * The tree that ends with the last bundle. Its root is computed from the tiles of hashes, so that entries can be compared with them.
 * Undefined: no entries are there, or the tiles at the end of the tree are missing.
 */
export async function treeOfTiles(source: LogSource): Promise<TreeState | undefined> {
  let size = 0;
  for await (const path of source.list?.("tile/entries/") ?? []) size = Math.max(size, endOf(path));
  if (size === 0) return undefined;
  try {
    const root = await treeRoot(
      size,
      tileNodeReader(size, (tile) => readHashes(source, tile)),
    );
    return { size, root: Buffer.from(root).toString("base64") };
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

function endOf(path: string): number {
  try {
    const { index, width } = parseTilePath(path);
    return index * TILE_WIDTH + width;
  } catch (error) {
    if (error instanceof TlogError) return 0;
    throw error;
  }
}

/** Of a full tile its beginning, where the partial one is gone. */
async function readHashes(source: LogSource, tile: TileId): Promise<Uint8Array> {
  const path = tilePath(tile);
  const bytes = (await source.read(path)) ?? (await source.read(tilePath({ ...tile, width: TILE_WIDTH })));
  if (bytes !== undefined) return bytes.subarray(0, tile.width * HASH_BYTES);
  throw new TlogError("log_file_missing", `${path} is missing`, { location: { path } });
}
