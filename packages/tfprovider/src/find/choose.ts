import { allows, parseConstraint } from "./constraint.ts";
import type { FoundPackage } from "./packages.ts";
import type { FindWarning } from "./surroundings.ts";
import type { SearchedPlace } from "./survey.ts";
import { compareVersions, parseVersion, type Version } from "./version.ts";

/** Which version is needed; without both, any. */
export interface Wanted {
  /** Exactly this one; the constraint no longer counts. */
  readonly version?: string;
  readonly constraint?: string;
}

export interface Chosen {
  readonly place: SearchedPlace;
  readonly version: Version;
  /** The unpacked package's folder. */
  readonly path: string;
  readonly warnings: readonly FindWarning[];
}

type Candidate = FoundPackage & { readonly place: SearchedPlace };

/**
 * An exact version comes from the first place that has it. Otherwise the newest allowed one of `.terraform/providers` is
 * taken, since that is what was initialised here; and when that folder has none, the newest of all other places, which is
 * what `init` would choose. Pre-releases come last. Archives do not count: they cannot be run.
 *
 * @throws ProviderError `find_version_invalid`, `find_constraint_invalid`
 */
export function choose(places: readonly SearchedPlace[], wanted: Wanted): Chosen | undefined {
  const fits = fitting(wanted);
  const candidates = places.flatMap((place) =>
    place.packages
      .filter(({ packed, version }) => !packed && fits(version))
      .map((found): Candidate => ({ ...found, place })),
  );
  if (wanted.version !== undefined) return candidates[0] && { ...candidates[0], warnings: [] };
  const initialised = candidates.filter(({ place }) => place.origin === "data_dir");
  return newest(initialised.length > 0 ? initialised : candidates);
}

function fitting({ version, constraint }: Wanted): (version: Version) => boolean {
  if (version !== undefined) {
    const exact = parseVersion(version);
    return (other) => compareVersions(other, exact) === 0;
  }
  if (constraint === undefined) return () => true;
  const parsed = parseConstraint(constraint);
  return (other) => allows(parsed, other);
}

/** Of equal versions the one of the earlier place: sorting is stable. */
function newest(candidates: readonly Candidate[]): Chosen | undefined {
  const sorted = candidates.toSorted((a, b) => {
    const released = Number(a.version.prerelease.length > 0) - Number(b.version.prerelease.length > 0);
    return released || compareVersions(b.version, a.version);
  });
  const [first] = sorted;
  if (first === undefined) return undefined;
  const versions = [...new Set(sorted.map(({ version }) => version.text))];
  return { ...first, warnings: versions.length > 1 ? [several(first, versions)] : [] };
}

function several(first: Candidate, versions: readonly string[]): FindWarning {
  return {
    code: "several_versions",
    message: `Nothing says which version of the provider to use, and ${versions.join(", ")} are installed; taking ${first.version.text} from ${first.place.dir}.`,
  };
}
