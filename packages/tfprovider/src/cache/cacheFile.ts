/**
 * Files of the cache folder. Caching is best effort: a disk that is full or read-only makes a start slower, and never
 * makes it fail.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Undefined where it is not there or cannot be read: what it would say is found out anew. */
export function readCacheFile(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Writes the whole file or nothing, readable by its owner alone. @returns whether it could */
export function writeCacheFile(file: string, bytes: Uint8Array): boolean {
  const temporary = `${file}.${process.pid}.${randomBytes(6).toString("hex")}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, bytes, { mode: 0o600, flag: "wx" });
    renameSync(temporary, file);
    return true;
  } catch {
    discard(temporary);
    return false;
  }
}

function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true });
  } catch {
    // The folder cannot be changed at all, so nothing was left there either.
  }
}
