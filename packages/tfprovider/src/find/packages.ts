import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, unreadable } from "./fileErrors.ts";
import { formatPlatform, type Platform } from "./platform.ts";
import type { SourceAddress } from "./sourceAddress.ts";
import { readVersion, type Version } from "./version.ts";

/** One version of a provider in one place, for this platform. */
export interface FoundPackage {
  readonly version: Version;
  /** The unpacked package's folder, or the archive. */
  readonly path: string;
  readonly packed: boolean;
}

/** What a place has of one provider. */
export interface PlaceContent {
  readonly packages: readonly FoundPackage[];
  /** Versions that are there for other platforms only, as `5.1.0 for darwin_arm64`. */
  readonly foreign: readonly string[];
}

/**
 * Looks for a provider in a folder of either layout: unpacked `HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/`, which may be links
 * into a cache, or packed `HOST/NAMESPACE/TYPE/terraform-provider-TYPE_VERSION_OS_ARCH.zip`. What has another name is not
 * looked at. A folder that does not exist has nothing.
 *
 * @throws ProviderError `find_package_unreadable`
 */
export async function packagesIn(
  dir: string,
  source: SourceAddress,
  platform: Platform,
): Promise<PlaceContent> {
  const base = join(dir, source.host, source.namespace, source.type);
  const entries = await entriesOf(base);
  const contents = await Promise.all(
    entries.map((entry) => {
      const version = readVersion(entry.name);
      if (version !== undefined) return unpacked(join(base, entry.name), version, platform);
      return packed(base, entry.name, source.type, platform);
    }),
  );
  return {
    packages: contents.flatMap((content) => content.packages),
    foreign: contents.flatMap((content) => content.foreign),
  };
}

const NOTHING: PlaceContent = { packages: [], foreign: [] };

async function unpacked(dir: string, version: Version, platform: Platform): Promise<PlaceContent> {
  const own = formatPlatform(platform);
  const names = (await entriesOf(dir)).map((entry) => entry.name);
  if (!names.includes(own)) {
    return { packages: [], foreign: names.map((name) => `${version.text} for ${name}`) };
  }
  const path = join(dir, own);
  return (await isFolder(path)) ? { packages: [{ version, path, packed: false }], foreign: [] } : NOTHING;
}

function packed(base: string, name: string, type: string, platform: Platform): PlaceContent {
  const prefix = `terraform-provider-${type}_`;
  if (!name.startsWith(prefix) || !name.endsWith(".zip")) return NOTHING;
  const [versionText = "", ...target] = name.slice(prefix.length, -".zip".length).split("_");
  const version = readVersion(versionText);
  if (version === undefined) return NOTHING;
  const itsPlatform = target.join("_");
  if (itsPlatform !== formatPlatform(platform)) {
    return { packages: [], foreign: [`${version.text} for ${itsPlatform}`] };
  }
  return { packages: [{ version, path: join(base, name), packed: true }], foreign: [] };
}

async function entriesOf(dir: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw unreadable("find_package_unreadable", dir, error);
  }
}

/** Follows links: Terraform links packages out of its cache. A link that leads nowhere is no package. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw unreadable("find_package_unreadable", path, error);
  }
}
