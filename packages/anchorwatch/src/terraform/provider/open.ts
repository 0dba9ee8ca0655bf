/** From a provider as a state names it to a running reader: found, verified, configured. */
import {
  type CtyObject,
  ensureUnchanged,
  type FindWarning,
  findProvider,
  openReader,
  type Platform,
  type ProviderReader,
  verifyProvider,
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
  /** The root module's folder: its `.terraform` and lock file count. */
  readonly dir: string;
  readonly environment: Environment;
  readonly homeDir: string;
  readonly platform: Platform;
  /** Where hashes and schemas are kept between runs; absent: nowhere. */
  readonly cacheFolder?: string | undefined;
  readonly userId?: number | undefined;
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
  readonly reader: ProviderReader;
  readonly version: string | undefined;
  /** Who reads, in a line for people. */
  readonly identity: string;
  readonly warnings: readonly FindWarning[];
}

/** @throws ProviderError and AnchorwatchError that say what is missing and what to do */
export async function openProvider(
  source: string,
  block: EvaluatedBlock,
  around: ProviderSurroundings,
): Promise<OpenedProvider> {
  const { environment, cacheFolder } = around;
  const found = await findProvider({
    source,
    dir: around.dir,
    env: environment,
    homeDir: around.homeDir,
    platform: around.platform,
  });
  const verified = await verifyProvider(found, {
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
    userId: around.userId,
  });
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
  return { reader, version: verified.version, identity, warnings: verified.warnings };
}

function defined(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
  );
}
