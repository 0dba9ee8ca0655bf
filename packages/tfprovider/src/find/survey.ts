import { type CliConfig, readCliConfig } from "./cliConfig.ts";
import { type PlaceContent, packagesIn } from "./packages.ts";
import { type PassedOver, planSearch, type SearchPlace } from "./places.ts";
import { OPENTOFU_REGISTRY, parseSource, type SourceAddress, TERRAFORM_REGISTRY } from "./sourceAddress.ts";
import type { FindWarning, Surroundings } from "./surroundings.ts";

/** A place with what it has of the provider. */
export interface SearchedPlace extends SearchPlace, PlaceContent {}

export interface Survey {
  /** In the order of the search; a `dev_override` holds a program and no packages. */
  readonly places: readonly SearchedPlace[];
  readonly passedOver: readonly PassedOver[];
  readonly warnings: readonly FindWarning[];
}

/**
 * Every place that is searched for a provider and what is there: for an error, or for a person who asks why.
 *
 * @param source `registry.terraform.io/hashicorp/aws`
 * @throws ProviderError `find_source_invalid`, `find_cli_config_invalid`, `find_package_unreadable`
 */
export async function listSearched(around: Surroundings, source: string): Promise<Survey> {
  return survey(around, parseSource(source));
}

const NO_CONFIG: CliConfig = { files: [], warnings: [] };

export async function survey(around: Surroundings, source: SourceAddress): Promise<Survey> {
  const config = around.mirrors === undefined ? await readCliConfig(around, source) : NO_CONFIG;
  const plan = planSearch(around, config, source);
  const places = await Promise.all(
    plan.places.map(async (place) => ({ ...place, ...(await contentOf(place, source, around)) })),
  );
  return { places, passedOver: plan.passedOver, warnings: config.warnings };
}

async function contentOf(
  place: SearchPlace,
  source: SourceAddress,
  { platform }: Surroundings,
): Promise<PlaceContent> {
  if (place.origin === "dev_override") return { packages: [], foreign: [] };
  return packagesIn(place.dir, source, platform);
}

/**
 * Versions of the provider with the same name that the other program's registry serves. It is built by others, so it is
 * never taken instead; but whoever changed from Terraform to OpenTofu should be told.
 */
export async function namesakes(
  around: Surroundings,
  source: SourceAddress,
  places: readonly SearchPlace[],
): Promise<readonly string[]> {
  const host = { [TERRAFORM_REGISTRY]: OPENTOFU_REGISTRY, [OPENTOFU_REGISTRY]: TERRAFORM_REGISTRY }[
    source.host
  ];
  if (host === undefined) return [];
  const contents = await Promise.all(places.map((place) => contentOf(place, { ...source, host }, around)));
  const versions = contents.flatMap(({ packages }) => packages.map(({ version }) => version.text));
  return [...new Set(versions)].map((version) => `${host}/${source.namespace}/${source.type} ${version}`);
}
