import { type BigIntStats, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { unreadable } from "./fileErrors.ts";

/**
 * Which file it is and whether it was touched, without reading it. `mtime` can be set by anybody who may write the file;
 * `ctime` is set by the kernel at every write, chmod and rename, and takes root or another clock to forge. Times in ns.
 */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/**
 * Follows symbolic links.
 *
 * @throws ProviderError `find_package_unreadable`
 */
export async function identityOf(path: string): Promise<FileIdentity> {
  try {
    return identityFrom(await stat(path, { bigint: true }));
  } catch (error) {
    throw unreadable("find_package_unreadable", path, error);
  }
}

/** The same at once, without letting anything else run. */
export function identityNow(path: string): FileIdentity {
  try {
    return identityFrom(statSync(path, { bigint: true }));
  } catch (error) {
    throw unreadable("find_package_unreadable", path, error);
  }
}

export function identityFrom({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileIdentity {
  return { dev, ino, size, mtimeNs, ctimeNs };
}

export function sameIdentity(a: FileIdentity, b: FileIdentity): boolean {
  return identityText(a) === identityText(b);
}

/** The identity as one line, equal exactly for equal identities. */
export function identityText({ dev, ino, size, mtimeNs, ctimeNs }: FileIdentity): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}
