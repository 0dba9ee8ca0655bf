/** What a check may take from a stranger's folder, such as a clone: text alone, and nothing that decides for the operator. */
import { environmentSecrets } from "../../../environmentSecrets.ts";
import { cacheFolderOf, type Machine } from "../../../machine.ts";
import type { StackAccess, StackRequest } from "../../../stackAccess.ts";
import type { UntrustedFolder } from "../trust.ts";
import { locateAllowed } from "./allowedProvider.ts";
import { allowedFile, confinedSource } from "./backend.ts";
import { confinedEnvironment } from "./environment.ts";
import { confinedBlock } from "./providerArguments.ts";

const DEFAULT_WORKSPACE = "default";

export function untrustedAccess(
  request: StackRequest,
  trust: UntrustedFolder,
  machine: Machine,
): StackAccess {
  const { dir } = request;
  const { homeDir, platform } = machine;
  const environment = confinedEnvironment(trust, homeDir);
  const { role, externalId, profile } = trust.readCredentials;
  return {
    code: { environment: inputsIn(environment), boundary: trust.root, installedModules: false },
    boundary: trust.root,
    finalRules: trust.neverIgnored ?? [],
    environment,
    secrets: environmentSecrets(trust.environment),
    terraform: undefined,
    async statePlace(declared) {
      const workspace = request.workspace ?? DEFAULT_WORKSPACE;
      if (request.stateFile !== undefined) {
        return { source: { kind: "file", path: await allowedFile(request.stateFile, trust) }, workspace };
      }
      return {
        source: await confinedSource(await declared(), trust, { dir, workspace, environment }),
        workspace,
      };
    },
    providerBlock: ({ source }, block) => confinedBlock(source, block, trust),
    provider: {
      locate: (source) => locateAllowed(source, dir, trust, machine),
      environment,
      cacheFolder: cacheFolderOf(trust.environment, { homeDir, os: platform.os }),
      credentials: { role, externalId, profile },
    },
  };
}

/** Values of variables that the operator lists; nothing else of an environment has a part in what code means. */
function inputsIn(environment: StackAccess["environment"]): StackAccess["environment"] {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith("TF_VAR_")));
}
