import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { ProviderError } from "../errors.ts";
import { unreadable } from "./fileErrors.ts";
import { type FileIdentity, identityFrom, identityOf, sameIdentity } from "./fileIdentity.ts";
import { openRegular } from "./regularFile.ts";

export interface HashedFile {
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
  /** Of the file whose bytes were hashed, the same before and after. */
  readonly identity: FileIdentity;
}

/** Large enough that the calls cost nothing, small enough that Node's loop turns every half millisecond. */
const CHUNK = 1 << 20;

/**
 * Hashes a file while it is read, and makes sure that it stood still meanwhile.
 *
 * @throws ProviderError `find_package_unreadable`, `find_package_changed`
 */
export async function hashFile(path: string): Promise<HashedFile> {
  try {
    const { handle, stats } = await openRegular(path, "find_package_unreadable");
    await using file = handle;
    const identity = identityFrom(stats);
    const sha256 = await digest(file);
    if (!sameIdentity(identity, await identityOf(path))) throw changed(path);
    return { sha256, identity };
  } catch (error) {
    throw unreadable("find_package_unreadable", path, error);
  }
}

/** Two buffers in turn: one is read into while the other is hashed. */
async function digest(file: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  let filling = Buffer.allocUnsafe(CHUNK);
  let hashing = Buffer.allocUnsafe(CHUNK);
  let read = await file.read(filling, 0, CHUNK, null);
  while (read.bytesRead > 0) {
    [filling, hashing] = [hashing, filling];
    const next = file.read(filling, 0, CHUNK, null);
    hash.update(hashing.subarray(0, read.bytesRead));
    read = await next;
  }
  return hash.digest("hex");
}

export function changed(path: string): ProviderError {
  return new ProviderError("find_package_changed", `${path} changed while it was being verified`, {
    hint: "Wait until nothing installs providers any more, then try again.",
  });
}
