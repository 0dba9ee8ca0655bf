/** Where a tree's hashes and entries lie as static files (C2SP tlog-tiles). Names and arithmetic; nothing is read here. */

import { TlogError } from "./errors.ts";
import { checkCount, parseDecimal } from "./number.ts";
import type { NodeId } from "./tree.ts";

/** Hashes of a full tile, entries of a full bundle. */
export const TILE_WIDTH = 256;
/** Levels of the tree from one level of tiles to the next. */
export const TILE_HEIGHT = 8;
/** The format's highest level. Sizes up to 2^53-1 need levels 0 to 6. */
export const MAX_TILE_LEVEL = 63;

export interface TileId {
  /** Level of tiles: 0 holds leaf hashes, each above it the roots of full tiles below. Bundles of entries are "entries". */
  readonly level: number | "entries";
  /** Counted from 0 within the level. */
  readonly index: number;
  /** How many hashes or entries it holds: 1 to 256. Below 256 it is a partial tile. */
  readonly width: number;
}

/** Where in a tile a node of the tree is: the root of `count` (a power of two) hashes from `start` on. */
export interface NodePlace {
  readonly tile: TileId;
  readonly start: number;
  readonly count: number;
}

/** The tile's path inside the log: `tile/0/x001/x234/067`, `tile/entries/000.p/8`. */
export function tilePath(tile: TileId): string {
  const { level, index, width } = checkTile(tile);
  const digits = String(index);
  const groups = digits.padStart(3 * Math.ceil(digits.length / 3), "0").match(/.../g) ?? [];
  const last = groups.pop();
  return `tile/${level}/${groups.map((group) => `x${group}/`).join("")}${last}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

const PATH = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** The tile that a path names. One tile has one path: everything else is refused with `tile_path_invalid`. */
export function parseTilePath(path: string): TileId {
  const [, levelText = "", indexText = "", widthText] = PATH.exec(path) ?? [];
  const level = levelText === "entries" ? "entries" : parseDecimal(levelText);
  const index = parseDecimal(indexText.replace(/[x/]/g, "").replace(/^0+(?=[0-9])/, ""));
  const width = widthText === undefined ? TILE_WIDTH : Number(widthText);
  const isTile =
    index !== undefined &&
    (level === "entries" || (level !== undefined && level <= MAX_TILE_LEVEL)) &&
    (widthText === undefined || width < TILE_WIDTH);
  // The comparison refuses groups of zeros before the number.
  if (isTile && tilePath({ level, index, width }) === path) return { level, index, width };
  throw new TlogError(
    "tile_path_invalid",
    `${JSON.stringify(path.slice(0, 100))} is no path of a tile, such as tile/0/x001/067 or tile/entries/000.p/8`,
    { location: { path } },
  );
}

/** Every bundle and tile that a log of that size must have: bundles, then level by level; a partial one is the last of its level. */
export function* tilesOf(size: number): Iterable<TileId> {
  checkCount(size, "the size of the tree");
  yield* tilesOfLevel("entries", size);
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    yield* tilesOfLevel(level, count);
  }
}

/** The width of a tile in a tree of that size: 256, less for the last of its level, 0 when the tree has no such tile. */
export function tileWidth(level: number | "entries", index: number, size: number): number {
  const count = Math.floor(
    checkCount(size, "the size of the tree") / TILE_WIDTH ** (level === "entries" ? 0 : level),
  );
  return Math.max(0, Math.min(TILE_WIDTH, count - index * TILE_WIDTH));
}

/** Where the hash of a complete subtree is found in a tree of that size. Throws `number_out_of_range` when the tree has no such node. */
export function tilesForNode(id: NodeId, size: number): NodePlace {
  checkCount(id.level, "the level of the node");
  checkCount(id.index, "the index of the node");
  if ((id.index + 1) * 2 ** id.level > checkCount(size, "the size of the tree")) {
    throw new TlogError(
      "number_out_of_range",
      `a tree of ${size} entries has no complete subtree ${id.index} of level ${id.level}`,
    );
  }
  const level = Math.floor(id.level / TILE_HEIGHT);
  const count = 2 ** (id.level % TILE_HEIGHT);
  const index = Math.floor((id.index * count) / TILE_WIDTH);
  const start = (id.index * count) % TILE_WIDTH;
  return { tile: { level, index, width: tileWidth(level, index, size) }, start, count };
}

function* tilesOfLevel(level: number | "entries", count: number): Iterable<TileId> {
  const full = Math.floor(count / TILE_WIDTH);
  for (let index = 0; index < full; index++) yield { level, index, width: TILE_WIDTH };
  const rest = count % TILE_WIDTH;
  if (rest > 0) yield { level, index: full, width: rest };
}

function checkTile(tile: TileId): TileId {
  const { level, index, width } = tile;
  checkCount(index, "the index of a tile");
  if (level !== "entries" && checkCount(level, "the level of a tile") > MAX_TILE_LEVEL) {
    throw new TlogError(
      "number_out_of_range",
      `the level of a tile is ${level}; the highest is ${MAX_TILE_LEVEL}`,
    );
  }
  if (checkCount(width, "the width of a tile") < 1 || width > TILE_WIDTH) {
    throw new TlogError(
      "number_out_of_range",
      `the width of a tile is ${width}; it must be 1 to ${TILE_WIDTH}`,
    );
  }
  return tile;
}
