/** From a provider that was located to a running reader, configured as the code says. */
import {
  type CtyObject,
  ensureUnchanged,
  type FindWarning,
  openReader,
  type ProviderReader,
  type SupervisedReader,
  type VerifiedProvider,
} from "tfprovider";
import type { Location } from "../../domain/errors.ts";
import type { Path } from "../../domain/path.ts";
import type { ValueObject } from "../../domain/value.ts";
import type { Environment } from "../command.ts";
import { providerConfig, type ReadCredentials } from "./configuration.ts";
import { describeIdentity } from "./identity.ts";
import { providerSecrets } from "./secrets.ts";

/** What is the same for all providers of a check. */
export interface ProviderSurroundings {
  /** Finds the program. Asked anew for each provider that is opened. */
  readonly locate: (source: string) => Promise<VerifiedProvider>;
  /** The whole environment of the provider: nothing else is inherited. */
  readonly environment: Environment;
  /** Where schemas are kept between runs; absent: nowhere. */
  readonly cacheFolder?: string | undefined;
  readonly credentials: ReadCredentials;
  /** Calls in flight at once to one provider. */
  readonly maxInFlight: number;
  readonly mask: (text: string) => string;
  /** Told the secrets of each configuration, before any provider gets it. */
  readonly keepSecret?: ((secrets: readonly string[]) => void) | undefined;
  readonly signal: AbortSignal;
}

/** A provider block as it was evaluated, and where it stands. */
export interface EvaluatedBlock {
  readonly values: ValueObject;
  /** Where the code itself makes it secret. */
  readonly sensitive: readonly Path[];
  readonly location: Location;
}

export interface OpenedProvider {
  /** To be closed by whoever opened it. */
  readonly reader: ProviderReader;
  readonly version: string | undefined;
  /** Who reads, in a line for people. */
  readonly identity: string;
  readonly warnings: readonly FindWarning[];
}

export interface StartedProvider extends OpenedProvider {
  readonly reader: SupervisedReader;
  /** Equal for configurations that read as the same principal in the same place, as far as that can be told. No secret. */
  readonly account: string;
}

/** How a check gets a provider: one of its own, or one out of a pool. */
export type OpenProvider = (
  source: string,
  block: EvaluatedBlock,
  around: ProviderSurroundings,
) => Promise<OpenedProvider>;

/**
 * Starts a process for this check alone.
 * @throws ProviderError and AnchorwatchError that say what is missing and what to do
 */
export const openProvider: OpenProvider = async (source, block, around) =>
  startProvider(await around.locate(source), block, around);

export async function startProvider(
  verified: VerifiedProvider,
  block: EvaluatedBlock,
  around: Omit<ProviderSurroundings, "locate">,
): Promise<StartedProvider> {
  const { environment, cacheFolder } = around;
  let config: CtyObject = {};
  const reader = await openReader({
    executable: verified.path,
    binaryHash: verified.binaryHash,
    cacheFolder,
    environment: defined(environment),
    mask: around.mask,
    maxInFlight: around.maxInFlight,
    signal: around.signal,
    beforeLaunch: () => ensureUnchanged(verified),
    config: (schemas) => {
      around.keepSecret?.(providerSecrets(block, schemas.provider));
      config = providerConfig(block.values, schemas.provider, around.credentials, block.location);
      return config;
    },
  });
  const identity = describeIdentity(config, environment);
  // The id of an access key is no secret, and tells two users apart.
  const key = typeof config["access_key"] === "string" ? config["access_key"] : "";
  return {
    reader,
    version: verified.version,
    identity,
    account: [verified.source, identity, key].join(" "),
    warnings: verified.warnings,
  };
}

function defined(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
  );
}
