/** A log in a folder. Whoever filled the folder is a stranger: nothing outside of it is read, whatever its links say. */

import { constants } from "node:fs";
import { type FileHandle, open, opendir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { TlogError } from "../errors.ts";
import { checkLogPath, type LogSource, MAX_FILE_BYTES, type ReadOptions, tooLarge } from "../source.ts";

/** Links were followed, and the result checked, before the file is opened. A pipe must not keep us waiting. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The log in a folder. Reads reject with `source_failed`, `source_too_large` or `source_path_refused`. */
export function folderSource(folder: string): LogSource & Required<Pick<LogSource, "list">> {
  return {
    name: folder,
    async read(path: string, { maxBytes = MAX_FILE_BYTES, signal }: ReadOptions = {}) {
      signal?.throwIfAborted();
      const file = await openInside(folder, checkLogPath(path));
      if (file === undefined) return undefined;
      try {
        const bytes = await readBounded(file, maxBytes);
        if (bytes !== undefined) return bytes;
      } catch (cause) {
        throw unreadable(folder, path, cause);
      } finally {
        await file.close();
      }
      throw tooLarge(folder, path, maxBytes);
    },
    list: (prefix) => filesUnder(folder, prefix),
  };
}

async function openInside(folder: string, path: string): Promise<FileHandle | undefined> {
  try {
    return await open(await insidePath(folder, path), FLAGS);
  } catch (cause) {
    if (cause instanceof TlogError) throw cause;
    if (isMissing(cause)) return undefined;
    throw unreadable(folder, path, cause);
  }
}

/** Where the path leads when all links are followed: somewhere in the folder. */
async function insidePath(folder: string, path: string): Promise<string> {
  const root = await realpath(folder);
  const real = await realpath(join(root, path));
  if (real === root || real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) return real;
  throw new TlogError("source_path_refused", `${path} of ${folder} is a link that leads out of the folder`, {
    location: { path },
  });
}

/** Undefined when the file is too large. */
async function readBounded(file: FileHandle, maxBytes: number): Promise<Uint8Array | undefined> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new TlogError("source_failed", "it is no file");
  if (stat.size > maxBytes) return undefined;
  // A file that grows meanwhile is read as far as it was.
  const bytes = new Uint8Array(stat.size);
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

/** Links are told like files: whether they may be followed is found out when one is read. */
async function* filesUnder(folder: string, prefix: string): AsyncGenerator<string> {
  const start = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  if (start !== "") checkLogPath(start.slice(0, -1));
  for await (const path of walk(folder, start)) if (path.startsWith(prefix)) yield path;
}

/** `under` is empty or ends in a slash. */
async function* walk(folder: string, under: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(await insidePath(folder, under))) {
      const path = `${under}${entry.name}`;
      if (entry.isDirectory()) yield* walk(folder, `${path}/`);
      else yield path;
    }
  } catch (cause) {
    if (cause instanceof TlogError) throw cause;
    if (!isMissing(cause)) throw unreadable(folder, under, cause);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

function unreadable(folder: string, path: string, cause: unknown): TlogError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TlogError("source_failed", `${path || "the folder"} of ${folder} cannot be read: ${why}`, {
    cause,
    location: { path },
  });
}
