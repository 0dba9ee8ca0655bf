/** Every file of a log's folder, whatever it is. A folder that may not be looked into does not end it. */
import type { Dirent } from "node:fs";
import { opendir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { hasCode } from "../storage/directory/storageError.ts";

export interface FoundFile {
  /** Inside the folder, with slashes. */
  readonly path: string;
  /** False for links, pipes and the like. */
  readonly isRegular: boolean;
}

/** Told of each folder inside that cannot be looked into; its path ends in a slash. */
export type OnClosedFolder = (path: string, error: unknown) => void;

/**
 * @param folder absolute
 * @param under empty, or a folder inside with a slash at its end
 * @throws AnchorwatchError `ledger_unreachable` when the whole folder cannot be looked into
 */
export async function* filesOf(
  folder: string,
  under: string,
  onClosed: OnClosedFolder,
): AsyncIterable<FoundFile> {
  const pending = [under];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for await (const item of itemsOf(folder, at, onClosed)) {
      const path = `${at}${item.name}`;
      if (item.isDirectory()) pending.push(`${path}/`);
      else yield { path, isRegular: item.isFile() };
    }
  }
}

async function* itemsOf(folder: string, under: string, onClosed: OnClosedFolder): AsyncIterable<Dirent> {
  try {
    const place = await realpath(join(folder, under));
    // Whoever filled the folder is a stranger, and may have put a link there that leads elsewhere.
    if (under === "" || isInside(place, await realpath(folder))) yield* await opendir(place);
  } catch (error) {
    // A writer may be at work: it was there when its parent was listed. What is no folder at all has no files either.
    if (hasCode(error, "ENOENT", "ENOTDIR")) return;
    if (under === "") throw unreachable(folder, error);
    onClosed(under, error);
  }
}

function isInside(place: string, root: string): boolean {
  return place.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}

function unreachable(folder: string, error: unknown): AnchorwatchError {
  const message = `The ledger ${folder} cannot be read: ${messageOf(error)}`;
  return new AnchorwatchError("ledger_unreachable", message, {
    hint: "Give this user the right to read the ledger's folder.",
    cause: error,
    location: { file: folder },
  });
}
