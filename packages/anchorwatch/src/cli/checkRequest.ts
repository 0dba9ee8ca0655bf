/** Flags, configuration and environment joined into what a check is asked for. Flags win over the configuration. */
import { access } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { CheckRequest, VariableInput } from "../app/checkRequest.ts";
import type { ConfiguredStack } from "../app/configuration/configuration.ts";
import type { LoadedConfiguration } from "../app/configuration/stackChoice.ts";
import { hasRules, loadPolicy } from "../app/policy/loadPolicy.ts";
import type { CheckFlags } from "./checkFlags.ts";
import type { Surroundings } from "./surroundings.ts";

/** @throws AnchorwatchError of the configuration or of the choice of a stack */
export async function buildCheckRequest(
  wanted: string | undefined,
  flags: CheckFlags,
  surroundings: Surroundings,
): Promise<CheckRequest> {
  const { workingDirectory } = surroundings;
  const loaded = await loadNearest(wanted, flags.config, workingDirectory);
  const withCode = flags.state === undefined || wanted !== undefined;
  const chosen = withCode ? await choose(wanted, loaded, surroundings) : { dir: workingDirectory };
  return await requestFor({ ...chosen, loaded, withCode }, flags, surroundings);
}

interface RequestedPlace {
  /** Absolute folder of the root module. */
  readonly dir: string;
  readonly stack?: ConfiguredStack;
  readonly loaded: LoadedConfiguration | undefined;
  /** False: a state alone; absent: true. */
  readonly withCode?: boolean;
}

/** The request for a stack that is known already. @throws AnchorwatchError of the configuration */
export async function requestFor(
  { dir, stack, loaded, withCode = true }: RequestedPlace,
  flags: CheckFlags,
  surroundings: Surroundings,
): Promise<CheckRequest> {
  const { workingDirectory, environment } = surroundings;
  const stateFile = await stateFileOf(flags, stack, loaded, workingDirectory);
  const configuration = loaded?.configuration;
  const concurrency = flags.concurrency ?? configuration?.concurrency;
  return {
    dir,
    withCode,
    workingDirectory,
    ...(stack === undefined ? {} : { stackName: stack.name }),
    ...(stack?.workspace === undefined ? {} : { workspace: stack.workspace }),
    ...(stateFile === undefined ? {} : { stateFile }),
    targets: flags.target,
    variables: [
      ...(await stackVariables(stack, loaded)),
      ...flags.variables.map((v) => absolute(v, workingDirectory)),
    ],
    ignore: [...(configuration?.ignore ?? []), ...flags.ignore],
    ignoreFiles: await ignoreFiles(dir, loaded),
    sensitive: configuration?.sensitive ?? [],
    providerValues: withCode ? (stack?.providers ?? new Map()) : await providersHere(dir, loaded),
    pending: flags.pending ? "plan" : "literal",
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout }),
    deadlines: configuration?.deadlines ?? new Map(),
    ...(flags.readRole === undefined ? {} : { readRole: flags.readRole }),
    ...(flags.externalId === undefined ? {} : { readExternalId: flags.externalId }),
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    ...policyOf(configuration),
    trigger: isPipeline(environment) ? "ci" : "manual",
    environment,
  };
}

function policyOf(
  configuration: LoadedConfiguration["configuration"] | undefined,
): Pick<CheckRequest, "policy" | "hasOwnRules"> {
  const own = configuration?.policy;
  let loading: ReturnType<NonNullable<CheckRequest["policy"]>> | undefined;
  return {
    policy: (operators) => (loading ??= loadPolicy(own, operators)),
    ...(own !== undefined && hasRules(own) ? { hasOwnRules: true } : {}),
  };
}

/** The configuration is loaded only where there is one: most checks need neither YAML nor its schema. */
export async function loadNearest(
  wanted: string | undefined,
  given: string | undefined,
  workingDirectory: string,
): Promise<LoadedConfiguration | undefined> {
  const { findConfiguration } = await import("../app/configuration/find.ts");
  const path =
    given !== undefined
      ? resolve(workingDirectory, given)
      : ((wanted === undefined ? undefined : await findConfiguration(resolve(workingDirectory, wanted))) ??
        (await findConfiguration(workingDirectory)));
  if (path === undefined) return undefined;
  const { loadConfiguration } = await import("../app/configuration/load.ts");
  return { path, configuration: await loadConfiguration(path, workingDirectory) };
}

async function choose(
  wanted: string | undefined,
  loaded: LoadedConfiguration | undefined,
  surroundings: Surroundings,
) {
  const { chooseStack } = await import("../app/configuration/stackChoice.ts");
  const workspace = surroundings.environment["TF_WORKSPACE"];
  const { workingDirectory } = surroundings;
  return await chooseStack(wanted, loaded, { workingDirectory, ...(workspace ? { workspace } : {}) });
}

async function providersHere(dir: string, loaded: LoadedConfiguration | undefined) {
  const { providersOf } = await import("../app/configuration/stackChoice.ts");
  return await providersOf(dir, loaded);
}

async function stateFileOf(
  flags: CheckFlags,
  stack: ConfiguredStack | undefined,
  loaded: LoadedConfiguration | undefined,
  workingDirectory: string,
): Promise<string | undefined> {
  if (flags.state !== undefined) return resolve(workingDirectory, flags.state);
  if (stack?.state === undefined || loaded === undefined) return undefined;
  return await inside(loaded, stack, stack.state);
}

async function stackVariables(
  stack: ConfiguredStack | undefined,
  loaded: LoadedConfiguration | undefined,
): Promise<readonly VariableInput[]> {
  if (stack === undefined || loaded === undefined) return [];
  const origin = `${loaded.configuration.file}:${stack.line}`;
  const files = stack.varFiles.map(async (path): Promise<VariableInput> => {
    return { kind: "file", path: await inside(loaded, stack, path), origin };
  });
  return [...(await Promise.all(files)), ...stack.inputs];
}

async function inside(loaded: LoadedConfiguration, stack: ConfiguredStack, path: string): Promise<string> {
  const { resolveInside } = await import("../app/configuration/inside.ts");
  return await resolveInside(loaded.path, path, { file: loaded.configuration.file, line: stack.line });
}

function absolute(variable: VariableInput, workingDirectory: string): VariableInput {
  return variable.kind === "file"
    ? { ...variable, path: resolve(workingDirectory, variable.path) }
    : variable;
}

/** The repository's, then the stack's own: the later wins. */
async function ignoreFiles(dir: string, loaded: LoadedConfiguration | undefined): Promise<readonly string[]> {
  const folders = new Set([...(loaded === undefined ? [] : [dirname(loaded.path)]), dir]);
  const candidates = [...folders].map((folder) => join(folder, ".driftignore"));
  const there = await Promise.all(
    candidates.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return candidates.filter((_, index) => there[index]);
}

function isPipeline(environment: Surroundings["environment"]): boolean {
  const ci = environment["CI"] ?? "";
  return ci !== "" && ci !== "false" && ci !== "0";
}
