/** Which stack a folder, a name or nothing at all means. */
import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Configuration, ConfiguredStack } from "./configuration.ts";
import { resolveInside } from "./inside.ts";
import { nearest } from "./nearest.ts";

export interface ChosenStack {
  /** Absolute folder of the root module. */
  readonly dir: string;
  /** Absent when the configuration does not know the folder. */
  readonly stack?: ConfiguredStack;
}

export interface LoadedConfiguration {
  /** Absolute. */
  readonly path: string;
  readonly configuration: Configuration;
}

/**
 * `wanted` is a folder or a stack's name; a folder wins. Without it the working directory is meant, or the only stack
 * of the configuration that lies there. `workspace` (TF_WORKSPACE) chooses among stacks of one folder.
 * @throws AnchorwatchError `stack_folder_missing`, `stack_not_chosen`, `config_invalid`
 */
export async function chooseStack(
  wanted: string | undefined,
  loaded: LoadedConfiguration | undefined,
  place: { readonly workingDirectory: string; readonly workspace?: string },
): Promise<ChosenStack> {
  const dir = resolve(place.workingDirectory, wanted ?? ".");
  const found = await stat(dir).catch(() => undefined);
  if (found === undefined || !found.isDirectory())
    return await byName(wanted ?? ".", found !== undefined, loaded);
  if (loaded === undefined) return { dir };
  const here = await stacksIn(dir, loaded);
  if (here.length === 0 && wanted === undefined && (await isOverview(dir, loaded))) {
    return await chooseConfigured(only(loaded.configuration.stacks, loaded), loaded);
  }
  const { workspace } = place;
  const fitting = here.filter(
    (s) => workspace === undefined || s.workspace === undefined || s.workspace === workspace,
  );
  return fitting.length === 0 ? { dir } : { dir, stack: only(fitting, loaded) };
}

/** For the check of a state alone: what the configuration says of the providers of the stack in this folder, if it is one. */
export async function providersOf(
  dir: string,
  loaded: LoadedConfiguration | undefined,
): Promise<ConfiguredStack["providers"]> {
  const [stack, ...others] = loaded === undefined ? [] : await stacksIn(dir, loaded);
  return stack === undefined || others.length > 0 ? new Map() : stack.providers;
}

async function byName(
  wanted: string,
  isFile: boolean,
  loaded: LoadedConfiguration | undefined,
): Promise<ChosenStack> {
  const stacks = loaded?.configuration.stacks ?? [];
  const stack = stacks.find(({ name }) => name === wanted);
  if (stack !== undefined && loaded !== undefined) return await chooseConfigured(stack, loaded);
  const meant = nearest(
    wanted,
    stacks.map(({ name }) => name),
  );
  const hint = isFile
    ? `To check a state file, use --state ${wanted}.`
    : meant !== undefined
      ? `Did you mean the stack “${meant}”?`
      : "Give the folder of a root module, or the name of a stack in anchorwatch.yaml.";
  const what = isFile ? "is a file, not a folder" : "does not exist, and no stack has that name";
  throw new AnchorwatchError("stack_folder_missing", `${wanted} ${what}`, { hint });
}

/** @throws AnchorwatchError `config_invalid` when its folder is not there, or lies outside */
export async function chooseConfigured(
  stack: ConfiguredStack,
  loaded: LoadedConfiguration,
): Promise<ChosenStack> {
  const location = { file: loaded.configuration.file, line: stack.line };
  return { dir: await resolveInside(loaded.path, stack.path, location), stack };
}

async function stacksIn(dir: string, loaded: LoadedConfiguration): Promise<readonly ConfiguredStack[]> {
  const [real, home] = await Promise.all([realpath(dir), realpath(dirname(loaded.path))]);
  const { stacks } = loaded.configuration;
  const folders = await Promise.all(stacks.map(({ path }) => realFolder(resolve(home, path))));
  return stacks.filter((_, index) => folders[index] === real);
}

/** A stack whose folder does not exist is not the one in an existing folder. */
function realFolder(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

/** The folder holds the configuration and is no root module itself: then the stacks listed there are meant. */
async function isOverview(dir: string, loaded: LoadedConfiguration): Promise<boolean> {
  if (loaded.configuration.stacks.length === 0 || dirname(loaded.path) !== dir) return false;
  const names = await readdir(dir);
  return !names.some((name) => /\.(tf|tofu)(\.json)?$/.test(name) || name === "terraform.tfstate");
}

function only(stacks: readonly ConfiguredStack[], loaded: LoadedConfiguration): ConfiguredStack {
  const [first, ...others] = stacks;
  if (first !== undefined && others.length === 0) return first;
  const names = stacks.map(({ name }) => name);
  const listed =
    names.length > 20 ? `${names.slice(0, 20).join(", ")} and ${names.length - 20} more` : names.join(", ");
  throw new AnchorwatchError(
    "stack_not_chosen",
    `${loaded.configuration.file} holds several stacks: ${listed}`,
    {
      hint: `Say which: anchorwatch check ${names[0] ?? "NAME"}`,
      location: { file: loaded.configuration.file },
    },
  );
}
