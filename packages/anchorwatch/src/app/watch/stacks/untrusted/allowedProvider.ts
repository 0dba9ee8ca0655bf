import type { VerifiedProvider } from "tfprovider";
import { AnchorwatchError } from "../../../../domain/errors.ts";
import { locateProvider } from "../../../../terraform/provider/locate.ts";
import { cacheFolderOf, type Machine } from "../../../machine.ts";
import type { AllowedProvider } from "../../watchSettings.ts";
import type { UntrustedFolder } from "../trust.ts";
import { searchEnvironment } from "./environment.ts";

/**
 * Finds a provider for a stranger's stack: one of the operator's list, with one of its hashes, and not out of the stranger's
 * folder. The lock file there may only narrow the choice.
 * @throws AnchorwatchError `provider_not_allowed`
 * @throws ProviderError `find_hash_not_allowed`, `lock_*`, `find_*`
 */
export async function locateAllowed(
  source: string,
  dir: string,
  trust: UntrustedFolder,
  machine: Machine,
): Promise<VerifiedProvider> {
  const listed = (trust.allowedProviders ?? []).filter((allowed) => allowed.source === source);
  if (listed.length === 0) throw notListed(source);
  const hashes = listed.flatMap((allowed) => allowed.hashes).filter((hash) => hash.startsWith("h1:"));
  if (hashes.length === 0) throw noPackageHash(source);
  const { homeDir, platform, userId } = machine;
  return await locateProvider(source, {
    dir,
    environment: searchEnvironment(trust.environment),
    homeDir,
    platform,
    userId,
    cacheFolder: cacheFolderOf(trust.environment, { homeDir, os: platform.os }),
    allowed: { untrustedFolder: trust.root, hashes, ...mirrorsOf(listed) },
  });
}

/** Where each entry names a mirror, only these count. */
function mirrorsOf(listed: readonly AllowedProvider[]): { readonly mirrors?: readonly string[] } {
  const mirrors = listed.flatMap(({ mirror }) => (mirror === undefined ? [] : [mirror]));
  return mirrors.length === listed.length ? { mirrors } : {};
}

function notListed(source: string): AnchorwatchError {
  return new AnchorwatchError(
    "provider_not_allowed",
    `${source} is not among the providers that may be run for repositories`,
    {
      hint: "If the operator trusts it, he adds its source and the h1: hash of its package to `providers` in anchorwatch.server.yaml.",
    },
  );
}

function noPackageHash(source: string): AnchorwatchError {
  return new AnchorwatchError(
    "provider_not_allowed",
    `${source} is listed without an h1: hash, and its unpacked package can be compared with no other`,
    { hint: "Add the h1: hash that `terraform providers lock` writes into .terraform.lock.hcl." },
  );
}
