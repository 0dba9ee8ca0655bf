import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import { decodeEntry } from "../entry/entry.ts";
import type { GrowingTree } from "./growingTree.ts";
import type { LogTiles } from "./logTiles.ts";

/**
 * The time of the log's newest entry; undefined where there is none, or where it has none. A bundle that cannot be read is a warning:
 * nothing is added to a full one, and without the time only a clock that jumped is not noticed.
 */
export async function lastTime(
  tree: GrowingTree,
  tiles: LogTiles,
  onWarning: (warning: Warning) => void,
): Promise<string | undefined> {
  const bytes = tree.lastEntry ?? (await lastOfFullBundle(tree.size, tiles, onWarning));
  if (bytes === undefined) return undefined;
  const decoded = decodeEntry(bytes);
  return decoded.kind === "entry" ? decoded.entry.time : undefined;
}

async function lastOfFullBundle(
  size: number,
  tiles: LogTiles,
  onWarning: (warning: Warning) => void,
): Promise<Uint8Array | undefined> {
  if (size === 0) return undefined;
  try {
    for await (const [last] of tiles.bundles(size - 1, size)) return last?.bytes;
    return undefined;
  } catch (error) {
    if (!(error instanceof AnchorwatchError)) throw error;
    const { code, message, location } = error;
    const hint =
      "Entries are appended all the same. `anchorwatch ledger fsck` shows what can still be read; restore the file from a copy.";
    onWarning({ code, message, hint, ...(location === undefined ? {} : { location }) });
    return undefined;
  }
}
