/**
 * The `h1:` hash of an unpacked package, which lock files record: SHA-256 over one line per file, sorted by name in byte
 * order, `HEX-SHA256␠␠RELATIVE/PATH\n`; in base64.
 *
 * @see https://pkg.go.dev/golang.org/x/mod/sumdb/dirhash#Hash1
 * @see https://developer.hashicorp.com/terraform/language/files/dependency-lock#package-checksums
 */
import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ProviderError } from "../errors.ts";
import { unreadable } from "./fileErrors.ts";
import { type HashedFile, hashFile } from "./hashFile.ts";

/** SHA-256 of one file; a memory of hashes may stand here instead of reading the file. */
export type FileHasher = (path: string) => Promise<HashedFile>;

export interface PackageHash {
  /** `h1:…` */
  readonly h1: string;
  /** By path relative to the package, with forward slashes. */
  readonly files: ReadonlyMap<string, HashedFile>;
}

/**
 * @param dir the package's folder itself, not a link to it. Links to files inside are followed, as Terraform does;
 *   a link to a folder has no hash there either, and is refused.
 * @throws ProviderError `find_package_unreadable`, `find_package_changed`
 */
export async function hashPackage(dir: string, hash: FileHasher = hashFile): Promise<PackageHash> {
  const names = (await filesUnder(dir, "")).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const files = new Map<string, HashedFile>();
  // One after the other: they come from one disk, and all but one are small.
  for (const name of names) files.set(name, await hash(join(dir, name)));
  return { h1: h1Of(files), files };
}

function h1Of(files: ReadonlyMap<string, HashedFile>): string {
  const summary = createHash("sha256");
  for (const [name, { sha256 }] of files) summary.update(`${sha256}  ${name}\n`);
  return `h1:${summary.digest("base64")}`;
}

async function filesUnder(dir: string, prefix: string): Promise<string[]> {
  const entries = await entriesOf(join(dir, prefix));
  const names = await Promise.all(
    entries.map((entry) => {
      const name = `${prefix}${entry.name}`;
      // Two packages could then have one hash.
      if (name.includes("\n")) throw lineBreak(dir, name);
      return entry.isDirectory() ? filesUnder(dir, `${name}/`) : [name];
    }),
  );
  return names.flat();
}

async function entriesOf(dir: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (error) {
    throw unreadable("find_package_unreadable", dir, error);
  }
}

function lineBreak(dir: string, name: string): ProviderError {
  return new ProviderError(
    "find_package_unreadable",
    `${dir} holds a file whose name has a line break, ${JSON.stringify(name)}`,
    { hint: "No provider's package has such a file: install it again with `terraform init`." },
  );
}
