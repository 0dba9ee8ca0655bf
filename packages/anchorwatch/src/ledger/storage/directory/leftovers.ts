/**
 * What a crash leaves at the right end of a log: tiles of a batch that never was committed. They are in the way of the next batch
 * (other entries come to the same places) and would contradict it, so they are removed, durably, before anything is written.
 *
 * What lies there may also be entries of a log whose checkpoint and tree state were replaced by older ones. A crash leaves one
 * batch: so many tiles, and one partial tile of each level. Where there is more, nothing is removed.
 */
import { dirname, join } from "node:path";
import { TILE_WIDTH, type TileId, tilePath, tileWidth } from "tlog";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { MAX_BATCH_ENTRIES } from "../limits.ts";
import type { FileLayer } from "./fileLayer.ts";

type Level = TileId["level"];

/** Bundles, and all the levels that a tree of up to 2^53-1 entries has. */
const LEVELS: readonly Level[] = ["entries", 0, 1, 2, 3, 4, 5, 6];
/** A batch ends in a tile that is at most so many further than the one that it begins in. */
const TILES_OF_BATCH = MAX_BATCH_ENTRIES / TILE_WIDTH;

/** @throws AnchorwatchError `ledger_rolled_back` when more lies there than one batch can have left: then nothing is removed */
export async function discardBeyond(files: FileLayer, root: string, size: number): Promise<void> {
  const leftovers: Leftover[] = [];
  for (const level of LEVELS) {
    const found = await leftoversOf(files, root, level, size);
    const [, second] = found.filter(({ kind }) => kind === "partial");
    const excess = found.find(({ tooFar }) => tooFar) ?? second;
    if (excess !== undefined) throw rolledBack(root, excess.path, size);
    leftovers.push(...found);
  }
  for (const { path, kind } of leftovers) {
    if (kind === "overtaken") await removeFolder(files, join(root, path));
    else await files.removeFile(join(root, path));
  }
  const folders = new Set(leftovers.map(({ path }) => dirname(join(root, path))));
  for (const folder of folders) await files.syncFolder(folder);
}

/** A folder of partial tiles, with what is in it. Not synced: should it come back, it holds nothing wrong. */
export async function removeFolder(files: FileLayer, folder: string): Promise<void> {
  for (const { name } of (await files.list(folder)) ?? []) await files.removeFile(join(folder, name));
  await files.removeFolder(folder);
}

interface Leftover {
  /** Path inside the log. */
  readonly path: string;
  /** `overtaken`: the folder of partial tiles before a full one that the tree has. A crash came before its removal. */
  readonly kind: "full" | "partial" | "overtaken";
  /** Further away than one batch reaches. */
  readonly tooFar: boolean;
}

const ITEM = /^([0-9]{3})(\.p)?$/;
const WIDTH = /^[1-9][0-9]{0,2}$/;

/** Only the folders in which a batch after that size can have written are looked at, the one before, and that of the tile behind. */
async function leftoversOf(
  files: FileLayer,
  root: string,
  level: Level,
  size: number,
): Promise<readonly Leftover[]> {
  const hashes = Math.floor(size / TILE_WIDTH ** (level === "entries" ? 0 : level));
  const edge = Math.floor(hashes / TILE_WIDTH);
  const found: Leftover[] = [];
  const reach = [Math.max(0, edge - TILES_OF_BATCH), edge, edge + TILES_OF_BATCH + 1];
  for (const group of new Set(reach.map((index) => Math.floor(index / 1000)))) {
    const folder = dirname(tilePath({ level, index: group * 1000, width: TILE_WIDTH }));
    for (const { name, kind } of (await files.list(join(root, folder))) ?? []) {
      const [, digits, partials] = ITEM.exec(name) ?? [];
      if (digits === undefined) continue;
      const index = group * 1000 + Number(digits);
      const path = `${folder}/${name}`;
      const width = tileWidth(level, index, size);
      const tooFar = index > edge + TILES_OF_BATCH;
      if (kind === "folder" && partials !== undefined) {
        if (width === TILE_WIDTH) found.push({ path, kind: "overtaken", tooFar });
        else found.push(...(await partialsBeyond(files, root, { path, width, tooFar })));
      } else if (kind === "file" && width < TILE_WIDTH) {
        found.push({ path, kind: "full", tooFar });
      }
    }
  }
  return found;
}

/** `width`: of the partial tile that the tree has there, 0 for none. Smaller ones are older and true. */
async function partialsBeyond(
  files: FileLayer,
  root: string,
  folder: { readonly path: string; readonly width: number; readonly tooFar: boolean },
): Promise<readonly Leftover[]> {
  const { path, width, tooFar } = folder;
  const items = (await files.list(join(root, path))) ?? [];
  return items
    .filter(({ name }) => WIDTH.test(name) && Number(name) > width)
    .map(({ name }) => ({ path: `${path}/${name}`, kind: "partial", tooFar }));
}

function rolledBack(root: string, path: string, size: number): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_rolled_back",
    `The ledger ${root} says that it has ${size} entries, but ${path} belongs to a longer one, and no crash leaves that much`,
    {
      hint: "An older .tree and checkpoint were put back. Restore the newest ones; nothing was changed, and everything can still be read.",
      location: { file: join(root, path) },
    },
  );
}
