import { TlogError } from "./errors.ts";
import { HASH_BYTES, type Hash, nodeHashes } from "./hash.ts";
import type { NodeReader } from "./proof.ts";
import { type NodePlace, type TileId, tilePath, tilesForNode } from "./tile.ts";

/** Gives the bytes of a tile of hashes: exactly `width` hashes. */
export type TileReader = (tile: TileId) => Promise<Uint8Array>;

/** Reads the nodes of a tree of that size out of its tiles. Each tile is asked for once per call, all of them at once. */
export function tileNodeReader(size: number, readTile: TileReader): NodeReader {
  return async (ids) => {
    const places = ids.map((id) => tilesForNode(id, size));
    const tiles = new Map<string, Promise<Uint8Array>>();
    for (const { tile } of places) {
      const path = tilePath(tile);
      if (!tiles.has(path)) tiles.set(path, readChecked(tile, readTile));
    }
    return Promise.all(
      places.map(async (place) => nodeInTile((await tiles.get(tilePath(place.tile))) as Uint8Array, place)),
    );
  };
}

/** The hash of a node out of the bytes of the tile that has it. */
export async function nodeInTile(bytes: Uint8Array, place: NodePlace): Promise<Hash> {
  const { start, count } = place;
  checkTileBytes(bytes, place.tile);
  let row: Uint8Array = bytes.slice(start * HASH_BYTES, (start + count) * HASH_BYTES);
  while (row.length > HASH_BYTES) row = await nodeHashes(row);
  return row;
}

/** The bytes themselves, if they have the size of the tile. Throws `tile_invalid` with the tile's path otherwise. */
export function checkTileBytes(bytes: Uint8Array, tile: TileId): Uint8Array {
  const expected = tile.width * HASH_BYTES;
  if (bytes.length === expected) return bytes;
  const path = tilePath(tile);
  throw new TlogError(
    "tile_invalid",
    `${path} has ${bytes.length} bytes; ${tile.width} hashes have ${expected}`,
    { location: { path, byte: Math.min(bytes.length, expected) } },
  );
}

async function readChecked(tile: TileId, readTile: TileReader): Promise<Uint8Array> {
  return checkTileBytes(await readTile(tile), tile);
}
