/** What a check may take from where: from the machine, and from the folder of the code. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { IgnoreRule } from "../compare/ignoreRules.ts";
import { findTerraform } from "../terraform/command.ts";
import type { LoadOptions } from "../terraform/hcl/index.ts";
import { locateProvider } from "../terraform/provider/locate.ts";
import type { EvaluatedBlock, ProviderSurroundings } from "../terraform/provider/open.ts";
import {
  type BackendSettings,
  backendOf,
  type ProviderReference,
  type StateSource,
} from "../terraform/state/index.ts";
import type { CheckRequest } from "./checkRequest.ts";
import { environmentSecrets } from "./environmentSecrets.ts";
import { cacheFolderOf, type Machine } from "./machine.ts";

/** What of a request does not change from one check of a stack to the next. */
export type StackRequest = Omit<CheckRequest, "targets" | "trigger" | "timeoutMs" | "policy" | "hasOwnRules">;

export interface StatePlace {
  readonly source: StateSource;
  readonly workspace: string | undefined;
}

export interface StackAccess {
  /** How the code is read. */
  readonly code: Pick<LoadOptions, "environment" | "boundary" | "installedModules" | "homeDir">;
  /** Files of rules must lie in here, links resolved; absent: in the repository around them. */
  readonly boundary: string | undefined;
  /** Rules that count more than all of the stack's own, and its code. */
  readonly finalRules: readonly IgnoreRule[];
  /** The environment that the state is read with. */
  readonly environment: CheckRequest["environment"];
  /** What of the environment is secret. */
  readonly secrets: readonly string[];
  /** Path of `terraform` or `tofu`, for a state that only it can read. */
  readonly terraform: string | undefined;
  /**
   * @param declared the backend that the code names; asked for where nothing else says it
   * @throws AnchorwatchError `state_*`, `stack_backend_refused`
   */
  statePlace(declared: () => Promise<BackendSettings | undefined>): Promise<StatePlace>;
  /**
   * The block as it may be used.
   * @throws AnchorwatchError `provider_not_allowed`, `stack_provider_refused`
   */
  providerBlock(reference: ProviderReference, block: EvaluatedBlock): EvaluatedBlock;
  readonly provider: Pick<ProviderSurroundings, "locate" | "environment" | "cacheFolder" | "credentials">;
}

/** The user's own folder: all that Terraform itself would do with it. */
export function ownAccess(request: StackRequest, machine: Machine): StackAccess {
  const { dir, environment } = request;
  const { homeDir, platform, userId } = machine;
  const terraform = findTerraform(environment);
  const cacheFolder = cacheFolderOf(environment, { homeDir, os: platform.os });
  return {
    code: { environment, homeDir },
    boundary: undefined,
    finalRules: [],
    environment,
    secrets: environmentSecrets(environment),
    terraform,
    async statePlace(declared) {
      const { workspace, stateFile } = request;
      if (stateFile !== undefined) return { source: { kind: "file", path: stateFile }, workspace };
      const block = isInitialised(request) ? undefined : await declared();
      return backendOf(dir, { environment, workspace, terraform, declared: block });
    },
    providerBlock: (_, block) => block,
    provider: {
      locate: (source) =>
        locateProvider(source, { dir, environment, homeDir, platform, userId, cacheFolder }),
      environment,
      cacheFolder,
      credentials: { role: request.readRole, externalId: request.readExternalId, profile: request.profile },
    },
  };
}

/** `terraform init` notes the backend, with what was given to it on its command line. */
function isInitialised({ dir, environment }: StackRequest): boolean {
  return existsSync(resolve(dir, environment["TF_DATA_DIR"] || ".terraform", "terraform.tfstate"));
}
