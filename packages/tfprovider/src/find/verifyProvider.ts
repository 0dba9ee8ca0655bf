/**
 * Makes sure that an installed provider is the one that was locked, as Terraform does before it starts it.
 *
 * Between hashing and starting lies a moment in which somebody with write access could exchange the program. It is kept
 * small: a file that moves while it is hashed is refused, and the identity that comes back lets the launcher ask, just before
 * it starts the program, whether it is still the same file (`ensureUnchanged`).
 */
import { basename } from "node:path";
import { ProviderError } from "../errors.ts";
import { type FileIdentity, identityNow, sameIdentity } from "./fileIdentity.ts";
import type { FoundProvider } from "./findProvider.ts";
import { changed, type HashedFile, hashFile } from "./hashFile.ts";
import { type HashMemory, openHashMemory } from "./hashMemory.ts";
import { type FileHasher, hashPackage } from "./packageHash.ts";
import type { FindWarning } from "./surroundings.ts";

export interface VerifyOptions {
  /** Where hashes are remembered (see `hashMemory.ts`); without it every file is read anew. */
  readonly cacheFolder?: string;
  /** `h1:` hashes that the operator allows for this provider: no other is accepted, lock file or not. */
  readonly allowedHashes?: readonly string[];
  /** Accept a provider for which the lock file has only `zh:` checksums, or only those of other platforms' archives. */
  readonly allowUnverified?: boolean;
  readonly now?: () => number;
  readonly userId?: number | undefined;
}

export interface VerifiedProvider extends FoundProvider {
  /** SHA-256 of the program, in hexadecimal: what a cache of things that the program says is keyed by. */
  readonly binaryHash: string;
  /** `h1:…` of the package; absent for a development override, whose folder may hold anything. */
  readonly packageHash?: string;
  /** Somebody vouches for these bytes. */
  readonly verified: boolean;
  /** Who vouches: the lock file or the operator's list. */
  readonly verifiedBy?: "lock" | "allowed_hashes";
  /** Of the program, at the time of hashing. */
  readonly identity: FileIdentity;
}

/**
 * Compares the package with the lock file's `h1:` hashes, and with the operator's list where there is one.
 *
 * - No lock file, or one without hashes for the provider: accepted, `verified: false`, with a warning, as Terraform does.
 * - `h1:` hashes of which none fits: refused.
 * - Only `zh:` hashes: refused, since they are of the zip archive, which is gone. Terraform refuses here as well, and
 *   whoever can edit the lock file must not get around the check by removing lines. `allowUnverified` accepts it.
 *
 * @throws ProviderError `lock_hash_mismatch`, `lock_unverifiable`, `find_hash_not_allowed`, `find_package_changed`,
 *   `find_package_unreadable`, `find_cache_unsafe`
 */
export async function verifyProvider(
  found: FoundProvider,
  options: VerifyOptions = {},
): Promise<VerifiedProvider> {
  const memory = await memoryFor(found, options);
  const hash = memory?.hash ?? hashFile;
  const measured = await measure(found, hash, options.allowedHashes !== undefined);
  const unsaved = await memory?.save();
  const verdict = judge(found, measured.h1, options);
  return {
    ...found,
    binaryHash: measured.program.sha256,
    ...(measured.h1 === undefined ? {} : { packageHash: measured.h1 }),
    verified: verdict.verifiedBy !== undefined,
    ...verdict,
    identity: measured.program.identity,
    warnings: [...found.warnings, ...verdict.warnings, ...(unsaved === undefined ? [] : [notKept(unsaved)])],
  };
}

/**
 * To be called just before the program is started; it does not wait, so that nothing comes between.
 *
 * @throws ProviderError `find_package_changed` when it is no longer the file that was verified
 */
export function ensureUnchanged({ path, identity }: Pick<VerifiedProvider, "path" | "identity">): void {
  if (!sameIdentity(identity, identityNow(path))) throw changed(path);
}

async function memoryFor(found: FoundProvider, options: VerifyOptions): Promise<HashMemory | undefined> {
  if (options.cacheFolder === undefined) return undefined;
  return openHashMemory({
    cacheFolder: options.cacheFolder,
    packageDir: found.packageDir,
    now: options.now ?? Date.now,
    userId: "userId" in options ? options.userId : process.getuid?.(),
  });
}

interface Measured {
  readonly program: HashedFile;
  readonly h1: string | undefined;
}

/** A development override's folder may be a whole workshop: only its program is read, unless a list must be met. */
async function measure(found: FoundProvider, hash: FileHasher, whole: boolean): Promise<Measured> {
  if (found.devOverride && !whole) return { program: await hash(found.path), h1: undefined };
  const { h1, files } = await hashPackage(found.packageDir, hash);
  const program = files.get(basename(found.path));
  if (program === undefined) throw changed(found.path);
  return { program, h1 };
}

interface Verdict {
  readonly verifiedBy?: "lock" | "allowed_hashes";
  readonly warnings: readonly FindWarning[];
}

function judge(found: FoundProvider, h1: string | undefined, options: VerifyOptions): Verdict {
  const { allowedHashes } = options;
  if (allowedHashes !== undefined && !allowedHashes.includes(h1 ?? "")) throw notAllowed(found, h1);
  const hashes = found.lock?.hashes ?? [];
  const comparable = hashes.filter((hash) => hash.startsWith("h1:"));
  if (comparable.length > 0 && !comparable.includes(h1 ?? "")) throw mismatch(found, h1, comparable);
  if (comparable.length > 0) return { verifiedBy: "lock", warnings: [] };
  if (allowedHashes !== undefined) return { verifiedBy: "allowed_hashes", warnings: [] };
  if (hashes.length > 0 && options.allowUnverified !== true) throw unverifiable(found, h1);
  return { warnings: found.devOverride ? [] : [unverified(found)] };
}

function nameOf({ source, version }: FoundProvider): string {
  return version === undefined ? source : `${source} ${version}`;
}

function lockPlace({ lock, lockFile }: FoundProvider): string {
  return lock === undefined ? lockFile : `${lock.file}:${lock.line}`;
}

function mismatch(found: FoundProvider, h1: string | undefined, expected: readonly string[]): ProviderError {
  return new ProviderError(
    "lock_hash_mismatch",
    `${nameOf(found)} in ${found.packageDir} is not what ${lockPlace(found)} locks: expected ${expected.join(" or ")}, found ${h1}`,
    {
      hint: "If the lock file was made on another platform, run `terraform providers lock` for this one. Otherwise delete the package and run `terraform init`. If it still differs, find out who changed it before you trust it.",
    },
  );
}

function unverifiable(found: FoundProvider, h1: string | undefined): ProviderError {
  return new ProviderError(
    "lock_unverifiable",
    `${lockPlace(found)} has only zh: checksums for ${nameOf(found)}, which are of the zip archive; the unpacked package in ${found.packageDir} has ${h1}`,
    {
      hint: "Run `terraform providers lock` (or `terraform init`), which records the h1: hash for this platform.",
    },
  );
}

function notAllowed(found: FoundProvider, h1: string | undefined): ProviderError {
  return new ProviderError(
    "find_hash_not_allowed",
    `${nameOf(found)} in ${found.packageDir} has ${h1}, which is none of the hashes that the operator allows`,
    { hint: "Install an allowed build, or add this hash to the list after checking where it comes from." },
  );
}

function unverified(found: FoundProvider): FindWarning {
  const why =
    found.lock === undefined ? `there is no ${found.lockFile}` : `${lockPlace(found)} has no usable hash`;
  return { code: "unverified", message: `${nameOf(found)} was not verified: ${why}.` };
}

function notKept(reason: string): FindWarning {
  return {
    code: "hashes_not_remembered",
    message: `The provider's hash is not remembered, so the next check reads its whole program again: ${reason}.`,
  };
}
