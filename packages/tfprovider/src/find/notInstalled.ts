import { ProviderError } from "../errors.ts";
import type { Wanted } from "./choose.ts";
import type { LockedProvider } from "./lockFile.ts";
import { formatPlatform } from "./platform.ts";
import { formatSource, type SourceAddress } from "./sourceAddress.ts";
import type { Surroundings } from "./surroundings.ts";
import { namesakes, type SearchedPlace, type Survey } from "./survey.ts";

export interface FailedSearch {
  readonly request: Surroundings;
  readonly source: SourceAddress;
  readonly wanted: Wanted;
  readonly lock: LockedProvider | undefined;
  readonly survey: Survey;
}

/** The error that names every place, what is there, and what to do. */
export async function notInstalled(search: FailedSearch): Promise<ProviderError> {
  const { request, source, survey } = search;
  const others = await namesakes(request, source, survey.places);
  const lines = [
    ...survey.places.map((place) => `  ${place.dir}: ${describe(place)}`),
    ...survey.passedOver.map(({ what, why }) => `  ${what}: not searched (${why})`),
    ...(others.length > 0 ? [`  Installed, but another provider: ${others.join(", ")}`] : []),
  ];
  const archive = packedOnly(search);
  const problem = archive === undefined ? "is not installed" : `is there only as an archive, ${archive}`;
  const text = [`${whatIsMissing(search)} ${problem}. Searched:`, ...lines].join("\n");
  const code = archive === undefined ? "find_not_installed" : "find_package_packed";
  return new ProviderError(code, text, { hint: hintFor(search, archive) });
}

function whatIsMissing({ request, source, wanted, lock }: FailedSearch): string {
  const version = wanted.version ?? (wanted.constraint === undefined ? "" : `(${wanted.constraint})`);
  const why = lock === undefined ? "" : `, which ${lock.file}:${lock.line} selects,`;
  const name = [formatSource(source), version].filter((part) => part !== "").join(" ");
  return `${name} for ${formatPlatform(request.platform)}${why}`;
}

function describe({ packages, foreign }: SearchedPlace): string {
  const here = packages.map(({ version, packed }) => `${version.text}${packed ? " (archive)" : ""}`);
  const all = [...here, ...foreign];
  return all.length === 0 ? "nothing" : `has ${all.join(", ")}`;
}

function packedOnly({ wanted, survey }: FailedSearch): string | undefined {
  const packages = survey.places.flatMap((place) => place.packages);
  const archives = packages.filter(({ packed, version }) => {
    return packed && (wanted.version === undefined || wanted.version === version.text);
  });
  return wanted.version === undefined && packages.some(({ packed }) => !packed)
    ? undefined
    : archives[0]?.path;
}

function hintFor({ request, lock }: FailedSearch, archive: string | undefined): string {
  const run = `Run \`terraform init\` (or \`tofu init\`) in ${request.dir}`;
  if (archive !== undefined) return `${run}, which unpacks it.`;
  return lock === undefined
    ? `${run}, or add a filesystem_mirror that has it to the CLI configuration.`
    : `${run}, which installs the locked version.`;
}
