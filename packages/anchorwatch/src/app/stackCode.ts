/** The code of a stack in the form that the reading of it wants. */
import type { ConfigAddress } from "../domain/address.ts";
import type { PendingChange } from "../domain/check.ts";
import type { Warning } from "../domain/errors.ts";
import { objectOf } from "../domain/value.ts";
import { type Configuration, type IgnoreChanges, loadModule, type SeeFile } from "../terraform/hcl/index.ts";
import type { DeclaredResource, DeclaredValues, StackCode } from "../terraform/read/stackCode.ts";
import {
  type BackendSettings,
  resourceValue,
  type StateFile,
  type StateInstance,
} from "../terraform/state/index.ts";
import { pendingResources } from "./pendingResources.ts";
import { providerBlock } from "./providerBlocks.ts";
import type { StackAccess, StackRequest } from "./stackAccess.ts";
import type { StackState } from "./stackState.ts";

export interface LoadedCode extends StackCode {
  readonly warnings: readonly Warning[];
  /** Resources that only the code, or only the state, knows. */
  pendingResources(state: StateFile): readonly PendingChange[];
}

/** Code that was found. It is read when it is first asked for, and knows the state's values once there is one. */
export interface OpenedCode {
  /** The backend that it names. */
  backend(): Promise<BackendSettings | undefined>;
  /** @throws AnchorwatchError `code_*` when there is no code at all, or a variable given by hand is wrong */
  with(stack: StackState): Promise<LoadedCode>;
}

const DEFAULT_WORKSPACE = "default";

export function openCode(request: StackRequest, access: StackAccess, seen?: SeeFile): OpenedCode {
  const loaded = new Map<string, Promise<Configuration>>();
  let state: StateFile | undefined;

  function load(workspace: string): Promise<Configuration> {
    const known = loaded.get(workspace);
    if (known !== undefined) return known;
    const loading = loadModule(request.dir, {
      ...access.code,
      ...(seen === undefined ? {} : { seen }),
      variables: request.variables,
      workingDirectory: request.workingDirectory,
      workspace,
      resourceValues: (module, address) =>
        state === undefined ? undefined : resourceValue(state, module, address),
    });
    loaded.set(workspace, loading);
    return loading;
  }

  return {
    async backend() {
      const block = (await load(DEFAULT_WORKSPACE)).backend();
      return block === undefined ? undefined : { type: block.type, config: block.value };
    },
    async with(stack) {
      state = stack.state;
      return loadedCode(request, access, await load(stack.workspace ?? DEFAULT_WORKSPACE));
    },
  };
}

function loadedCode(request: StackRequest, access: StackAccess, configuration: Configuration): LoadedCode {
  const resources = new Map<ConfigAddress, DeclaredResource>();
  return {
    warnings: configuration.warnings,
    resource(address) {
      const known = resources.get(address) ?? declaredResource(configuration, address);
      if (known !== undefined) resources.set(address, known);
      return known;
    },
    hasInstance: (address) => configuration.hasInstance(address),
    providerBlock: (reference) => providerBlock(configuration, reference, request.providerValues, access),
    pendingResources: (state) => pendingResources(configuration, state),
  };
}

function declaredResource(
  configuration: Configuration,
  address: ConfigAddress,
): DeclaredResource | undefined {
  const resource = configuration.resources.get(address);
  if (resource === undefined) return undefined;
  const valuesOf = ({ module, mode, type, name, key }: StateInstance): DeclaredValues => {
    const instance = { module, mode, type, name, ...(key === undefined ? {} : { key }) };
    return configuration.valuesOf(instance) ?? { value: objectOf([]), sensitive: [] };
  };
  let shared: DeclaredValues | undefined;
  return {
    source: resource.source,
    declared: resource.declared,
    ...ignoreChanges(resource.ignoreChanges),
    valuesOf(instance) {
      // Without repetition, here or around, there is one instance only and it may ask twice.
      if (instance.key !== undefined || instance.module.includes("[")) return valuesOf(instance);
      shared ??= valuesOf(instance);
      return shared;
    },
  };
}

function ignoreChanges(
  ignored: IgnoreChanges | undefined,
): Pick<DeclaredResource, "ignoreChanges" | "ignoreChangesOrigin"> {
  if (ignored === undefined) return { ignoreChanges: undefined };
  const ignoreChangesOrigin = `${ignored.file}:${ignored.line} ignore_changes`;
  if (ignored.kind === "all") return { ignoreChanges: "all", ignoreChangesOrigin };
  return { ignoreChanges: ignored.paths.map(({ path }) => path), ignoreChangesOrigin };
}
