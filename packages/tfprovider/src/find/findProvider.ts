/**
 * Finds the program of a provider where `terraform init` or `tofu init` left it, without running either and without the
 * network. `places.ts` says where is looked and in which order, `choose.ts` which version is taken.
 */
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { ProviderError } from "../errors.ts";
import { choose } from "./choose.ts";
import { executableIn } from "./executable.ts";
import { unreadable } from "./fileErrors.ts";
import { LOCK_FILE_NAME, type LockedProvider, type LockFile, readLockFile } from "./lockFile.ts";
import { notInstalled } from "./notInstalled.ts";
import type { Origin } from "./places.ts";
import { formatSource, isBuiltIn, parseSource, type SourceAddress } from "./sourceAddress.ts";
import type { FindWarning, Surroundings } from "./surroundings.ts";
import { type SearchedPlace, survey } from "./survey.ts";
import { compareVersions, parseVersion } from "./version.ts";

export interface FindRequest extends Surroundings {
  /** `registry.terraform.io/hashicorp/aws`; shorter forms are Terraform's. */
  readonly source: string;
  /** Exactly this version. Must be the locked one where there is a lock file. */
  readonly version?: string;
  /** What the code allows, `~> 5.0`. Counts only where there is no lock file, which has decided already. */
  readonly constraint?: string;
  /** The lock file, when the caller has read it; otherwise the one in `dir` is read. */
  readonly lock?: LockFile;
}

/** An installed provider. Not yet verified: see `verifyProvider`. */
export interface FoundProvider {
  /** Source address in full. */
  readonly source: string;
  /** Absent for a development override, which has none. */
  readonly version?: string;
  /** The program, absolute, without links in its folder's path. */
  readonly path: string;
  /** The package's folder, absolute, without links. */
  readonly packageDir: string;
  /** By which rule it was found, and in which of the searched folders. */
  readonly origin: Origin;
  readonly place: string;
  /** The CLI configuration puts this program in the place of every installed version: nobody vouches for it. */
  readonly devOverride: boolean;
  /** What the lock file says of it; absent without a lock file and for a development override. */
  readonly lock?: LockedProvider;
  /** Path of the lock file, whether it is there or not. */
  readonly lockFile: string;
  readonly warnings: readonly FindWarning[];
}

/**
 * @throws ProviderError `find_not_installed`, naming every place and what is there; `find_package_packed`,
 *   `find_executable_missing`, `find_package_unreadable`; `find_provider_builtin`, `find_source_invalid`,
 *   `find_version_invalid`, `find_constraint_invalid`, `find_cli_config_invalid`; `lock_file_invalid`,
 *   `lock_provider_missing`, `lock_version_mismatch`
 */
export async function findProvider(request: FindRequest): Promise<FoundProvider> {
  const source = parseSource(request.source);
  if (isBuiltIn(source)) throw builtIn(source);
  const searched = await survey(request, source);
  const override = searched.places.find(({ origin }) => origin === "dev_override");
  if (override !== undefined) return foundOverride(request, source, override, searched.warnings);
  const lock = await lockedProvider(request, source);
  const wanted = {
    ...(request.constraint === undefined ? {} : { constraint: request.constraint }),
    ...(request.version === undefined ? {} : { version: request.version }),
    ...(lock === undefined ? {} : { version: lock.version }),
  };
  const chosen = choose(searched.places, wanted);
  if (chosen === undefined) throw await notInstalled({ request, source, wanted, lock, survey: searched });
  const packageDir = await realFolder(chosen.path);
  return {
    ...identification(request, source, chosen.place),
    version: chosen.version.text,
    path: await executableIn(packageDir, source.type, request.platform),
    packageDir,
    devOverride: false,
    ...(lock === undefined ? {} : { lock }),
    warnings: [...searched.warnings, ...chosen.warnings],
  };
}

async function foundOverride(
  request: FindRequest,
  source: SourceAddress,
  place: SearchedPlace,
  warnings: readonly FindWarning[],
): Promise<FoundProvider> {
  const packageDir = await realFolder(place.dir);
  const message = `${formatSource(source)} is taken from ${place.dir}, a development override of the CLI configuration; the lock file does not count for it.`;
  return {
    ...identification(request, source, place),
    path: await executableIn(packageDir, source.type, request.platform),
    packageDir,
    devOverride: true,
    warnings: [...warnings, { code: "dev_override", message }],
  };
}

function identification(
  request: FindRequest,
  source: SourceAddress,
  place: SearchedPlace,
): Pick<FoundProvider, "source" | "origin" | "place" | "lockFile"> {
  return {
    source: formatSource(source),
    origin: place.origin,
    place: place.dir,
    lockFile: request.lock?.file ?? join(request.dir, LOCK_FILE_NAME),
  };
}

/** As for Terraform, a lock file that leaves a needed provider out is an error; no lock file at all is none. */
async function lockedProvider(
  request: FindRequest,
  source: SourceAddress,
): Promise<LockedProvider | undefined> {
  const lock = request.lock ?? (await readLockFile(request.dir));
  if (lock === undefined) return undefined;
  const name = formatSource(source);
  const locked = lock.providers.get(name);
  if (locked === undefined) {
    throw new ProviderError("lock_provider_missing", `${lock.file} selects no version of ${name}`, {
      hint: "Run `terraform init` (or `tofu init`) in that folder, which adds it.",
    });
  }
  const asked = request.version === undefined ? undefined : parseVersion(request.version);
  if (asked === undefined || compareVersions(asked, parseVersion(locked.version)) === 0) return locked;
  throw new ProviderError(
    "lock_version_mismatch",
    `${lock.file}:${locked.line} selects ${name} ${locked.version}, but ${asked.text} was asked for`,
    { hint: "Ask for the locked version, or run `terraform init -upgrade` to lock another one." },
  );
}

async function realFolder(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw unreadable("find_package_unreadable", path, error);
  }
}

function builtIn(source: SourceAddress): ProviderError {
  return new ProviderError(
    "find_provider_builtin",
    `${formatSource(source)} is part of Terraform and has no program`,
    { hint: "Leave resources of this provider out: there is nothing to read." },
  );
}
