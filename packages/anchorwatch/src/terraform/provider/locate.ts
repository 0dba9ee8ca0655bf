/** From a provider as a state names it to a program that is found and verified. */
import { findProvider, type Platform, type VerifiedProvider, verifyProvider } from "tfprovider";
import type { Environment } from "../command.ts";

/** Where programs may come from. */
export interface ProviderPlaces {
  /** The root module's folder: its lock file counts, and its `.terraform` where it is trusted. */
  readonly dir: string;
  /** For where providers are looked for; it need not be the one that they get. */
  readonly environment: Environment;
  readonly homeDir: string;
  readonly platform: Platform;
  /** Where hashes are kept between runs; absent: nowhere. */
  readonly cacheFolder?: string | undefined;
  readonly userId?: number | undefined;
  /** Absent: the operator's own folder, which may bring what it likes. */
  readonly allowed?: AllowedPrograms | undefined;
}

/** For the root module of a stranger. */
export interface AllowedPrograms {
  /** Everything of the stranger's: no program in it is ever run. */
  readonly untrustedFolder: string;
  /** `h1:` hashes of packages; no other is accepted, whatever the lock file says. */
  readonly hashes: readonly string[];
  /** Filesystem mirrors; absent: the places of the user and the machine. */
  readonly mirrors?: readonly string[] | undefined;
}

/** @throws ProviderError that says what is missing and what to do */
export async function locateProvider(source: string, places: ProviderPlaces): Promise<VerifiedProvider> {
  const { cacheFolder, allowed } = places;
  const found = await findProvider({
    source,
    dir: places.dir,
    env: places.environment,
    homeDir: places.homeDir,
    platform: places.platform,
    ...(allowed === undefined ? {} : confined(allowed)),
  });
  return await verifyProvider(found, {
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
    ...(allowed === undefined ? {} : { allowedHashes: allowed.hashes }),
    userId: places.userId,
  });
}

function confined({ untrustedFolder, mirrors }: AllowedPrograms) {
  return { trustRootModule: false, untrustedFolder, ...(mirrors === undefined ? {} : { mirrors }) };
}
