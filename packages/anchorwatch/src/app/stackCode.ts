/** The code of a stack in the form that the reading of it wants. */
import { type ConfigAddress, configAddress } from "../domain/address.ts";
import type { PendingChange } from "../domain/check.ts";
import { AnchorwatchError, type Warning } from "../domain/errors.ts";
import { formatPath } from "../domain/path.ts";
import { isArray, isObject, objectOf, Unknown, type Value, type ValueObject } from "../domain/value.ts";
import {
  type Configuration,
  type IgnoreChanges,
  loadModule,
  type ProviderConfig,
} from "../terraform/hcl/index.ts";
import type { EvaluatedBlock } from "../terraform/provider/open.ts";
import type { DeclaredResource, StackCode } from "../terraform/read/stackCode.ts";
import {
  type ProviderReference,
  resourceValue,
  type StateFile,
  type StateInstance,
} from "../terraform/state/index.ts";
import type { CheckRequest, ProviderValues } from "./checkRequest.ts";
import type { StackState } from "./stackState.ts";

export interface LoadedCode extends StackCode {
  readonly warnings: readonly Warning[];
  /** Resources that only the code, or only the state, knows. */
  pendingResources(state: StateFile): readonly PendingChange[];
}

/** @throws AnchorwatchError `code_*` when there is no code at all, or a variable given by hand is wrong */
export async function codeOf(
  request: CheckRequest,
  { state, workspace }: StackState,
  homeDir: string,
): Promise<LoadedCode> {
  const configuration = await loadModule(request.dir, {
    environment: request.environment,
    variables: request.variables,
    workingDirectory: request.workingDirectory,
    homeDir,
    resourceValues: (module, address) => resourceValue(state, module, address),
    ...(workspace === undefined ? {} : { workspace }),
  });
  const resources = new Map<ConfigAddress, DeclaredResource>();
  return {
    warnings: configuration.warnings,
    resource(address) {
      const known = resources.get(address) ?? declaredResource(configuration, address);
      if (known !== undefined) resources.set(address, known);
      return known;
    },
    providerBlock: (reference) => providerBlock(configuration, reference, request.providerValues),
    pendingResources: (state) => pendingResources(configuration, state),
  };
}

/** Without code: what `anchorwatch.yaml` says of a provider; the rest comes from the environment. */
export function providerBlocksOf({ providerValues }: CheckRequest): Pick<StackCode, "providerBlock"> {
  return {
    providerBlock(reference) {
      const given = givenValues(reference, providerValues);
      if (given === undefined) return { values: objectOf([]), location: {} };
      return { values: objectOf(given.values), location: { file: given.origin } };
    },
  };
}

function declaredResource(
  configuration: Configuration,
  address: ConfigAddress,
): DeclaredResource | undefined {
  const resource = configuration.resources.get(address);
  if (resource === undefined) return undefined;
  const valuesOf = ({ module, mode, type, name, key }: StateInstance) =>
    configuration.valuesOf({ module, mode, type, name, ...(key === undefined ? {} : { key }) })?.value ??
    objectOf([]);
  let shared: Value | undefined;
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

/** @throws AnchorwatchError `provider_config_unknown` when an argument cannot be told and is not given either */
function providerBlock(
  configuration: Configuration,
  reference: ProviderReference,
  values: CheckRequest["providerValues"],
): EvaluatedBlock {
  const { source, alias, module } = reference;
  const found = configuration.providerConfigFor({
    source,
    module,
    ...(alias === undefined ? {} : { alias }),
  });
  const given = givenValues(reference, values);
  if (found === undefined && given === undefined) throw blockMissing(reference);
  const evaluated: ValueObject = found?.value ?? objectOf([]);
  const merged = objectOf([...Object.entries(evaluated), ...(given?.values ?? [])]);
  const unknown = found?.problems.filter(({ path }) => !given?.values.has(String(path[0]))) ?? [];
  if (holdsUnknown(merged) && found !== undefined) throw notKnown(reference, found, unknown);
  const location = found?.location ?? (given === undefined ? {} : { file: given.origin });
  return { values: merged, location };
}

function givenValues(
  { source, alias }: ProviderReference,
  values: CheckRequest["providerValues"],
): ProviderValues | undefined {
  const name = source.slice(source.lastIndexOf("/") + 1);
  return values.get(alias === undefined ? name : `${name}.${alias}`);
}

function holdsUnknown(value: Value): boolean {
  if (value instanceof Unknown) return true;
  if (isArray(value)) return value.some(holdsUnknown);
  return isObject(value) && Object.values(value).some(holdsUnknown);
}

function nameOf({ source, alias }: ProviderReference): string {
  const name = source.slice(source.lastIndexOf("/") + 1);
  return alias === undefined ? name : `${name}.${alias}`;
}

function notKnown(
  reference: ProviderReference,
  found: ProviderConfig,
  problems: ProviderConfig["problems"],
): AnchorwatchError {
  const name = nameOf(reference);
  const said = problems.map(
    ({ path, reason, file, line }) => `${file}:${line}: ${formatPath(path)}: ${reason}`,
  );
  return new AnchorwatchError(
    "provider_config_unknown",
    `the configuration of provider ${name} cannot be told from the code: ${said.join("; ")}`,
    {
      hint: `Give the values with --var or --var-file, or under \`providers: ${name}:\` of the stack in anchorwatch.yaml.`,
      ...(found.location === undefined ? {} : { location: found.location }),
    },
  );
}

function blockMissing(reference: ProviderReference): AnchorwatchError {
  const name = nameOf(reference);
  const where = reference.module === "" ? "" : ` in ${reference.module}`;
  return new AnchorwatchError(
    "provider_config_unknown",
    `the code has no provider block ${name}${where} any more`,
    {
      hint: `Restore the block, or give its arguments under \`providers: ${name}:\` of the stack in anchorwatch.yaml.`,
    },
  );
}

/**
 * A resource that the code declares and the state does not know was never created; one that only the state knows was
 * taken out of the code. How many instances there should be is Terraform's to say: see `--pending`.
 */
function pendingResources(configuration: Configuration, state: StateFile): readonly PendingChange[] {
  // What could not be read may declare anything.
  if (configuration.warnings.length > 0) return [];
  const managed = state.instances.filter(({ mode, deposed }) => mode === "managed" && deposed === undefined);
  const recorded = new Set<ConfigAddress>(managed.map((instance) => instance.configAddress));
  const created = [...configuration.resources.values()].flatMap(({ address, mode, source, repetition }) => {
    if (mode !== "managed" || repetition !== undefined || recorded.has(address) || isRepeatedModule(address))
      return [];
    return [
      {
        address: address as string as PendingChange["address"],
        action: "create" as const,
        source,
        changes: [],
        alreadyLive: false,
      },
    ];
  });
  const deleted = managed.flatMap(({ address }) => {
    if (configuration.resources.has(configAddress(address))) return [];
    return [{ address, action: "delete" as const, changes: [], alreadyLive: false }];
  });
  return [...created, ...deleted];

  function isRepeatedModule(address: ConfigAddress): boolean {
    return address.startsWith("module.");
  }
}
