/**
 * The stacks of a folder or a clone: those that the `anchorwatch.yaml` files in it declare, and root modules that nobody
 * declares. Nothing is followed that leads out, and nothing is evaluated.
 */
import { existsSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { AnchorwatchError, type Warning } from "../../../domain/errors.ts";
import { surveyFolder } from "../../../terraform/hcl/index.ts";
import type { Configuration, ConfiguredStack } from "../../configuration/configuration.ts";
import { isInside } from "../../configuration/inside.ts";
import { loadConfiguration } from "../../configuration/load.ts";
import { type WalkedFolder, walkFolders } from "./walk.ts";

export interface StackPlace {
  /** Unique among those that were found with it; it stays as long as the declaration, or the folder, does. */
  readonly name: string;
  /** Of the root module, relative to where was looked, with forward slashes; `.` for that itself. */
  readonly path: string;
  readonly workspace?: string;
  /** Absent: a root module that nobody declares. */
  readonly declaration?: StackDeclaration;
}

export interface StackDeclaration {
  /** The `anchorwatch.yaml`, relative to where was looked. */
  readonly file: string;
  readonly configuration: Configuration;
  readonly stack: ConfiguredStack;
}

export interface StackSearch {
  readonly places: readonly StackPlace[];
  /** What could not be taken, with file and line. */
  readonly problems: readonly Warning[];
}

export interface SearchOptions {
  /** What root modules that nobody declares are called after: `infra` makes `infra/network`. */
  readonly label: string;
  /** The folder is the operator's own: what `terraform init` left there tells root modules too. */
  readonly isOwn: boolean;
  /** What was found before: where a file is broken now, its stacks stay as they were. */
  readonly previous?: StackSearch;
}

const FILE = "anchorwatch.yaml";

/** @param root absolute. @throws AnchorwatchError `stack_folder_missing` when it is no folder */
export async function findStackPlaces(root: string, options: SearchOptions): Promise<StackSearch> {
  const real = await realRoot(root);
  const walked = await walkFolders(real);
  const problems: Warning[] = [...walked.problems];
  const declared = await declaredIn(real, walked.folders, options, problems);
  const taken = new Set(declared.map(({ path }) => path));
  const others = (await rootModules(real, walked.folders, options))
    .filter((path) => !taken.has(path))
    .map((path): StackPlace => ({ name: path === "." ? options.label : `${options.label}/${path}`, path }));
  return { places: withUniqueNames([...declared, ...others], problems), problems };
}

async function realRoot(root: string): Promise<string> {
  const found = await stat(root).catch(() => undefined);
  if (found?.isDirectory() === true) return await realpath(root);
  throw new AnchorwatchError(
    "stack_folder_missing",
    `${root} is no folder in which stacks could be looked for`,
    {
      hint: "Correct the path under `watch.stacks` in anchorwatch.server.yaml.",
      location: { file: root },
    },
  );
}

/** Those above come first, so that a name of theirs is not taken by one further down. */
async function declaredIn(
  root: string,
  folders: readonly WalkedFolder[],
  { previous }: SearchOptions,
  problems: Warning[],
): Promise<readonly StackPlace[]> {
  const found: StackPlace[] = [];
  for (const { path } of folders.filter(({ files }) => files.includes(FILE))) {
    const file = join(path, FILE);
    const shown = relative(root, file).replaceAll("\\", "/");
    try {
      const configuration = await loadConfiguration(file, root);
      for (const stack of configuration.stacks) {
        const place = await placeOf(root, { file: shown, configuration, stack }, problems);
        if (place !== undefined) found.push(place);
      }
    } catch (error) {
      if (!(error instanceof AnchorwatchError)) throw error;
      problems.push(warningOf(error));
      found.push(...(previous?.places ?? []).filter(({ declaration }) => declaration?.file === shown));
    }
  }
  return found;
}

async function placeOf(
  root: string,
  declaration: StackDeclaration,
  problems: Warning[],
): Promise<StackPlace | undefined> {
  const { file, stack } = declaration;
  const home = dirname(join(root, file));
  const real = await realpath(resolve(home, stack.path)).catch(() => undefined);
  const location = { file, line: stack.line };
  if (real === undefined || !(await stat(real)).isDirectory()) {
    const message = `${file}:${stack.line}: the stack ${stack.name} names the folder ${stack.path}, which does not exist`;
    problems.push({
      code: "stack_folder_missing",
      message,
      hint: `Paths are relative to the folder of ${file}.`,
      location,
    });
    return undefined;
  }
  if (!isInside(real, home)) {
    const message = `${file}:${stack.line}: the stack ${stack.name} names ${stack.path}, a link that leads out of the folder of ${file}`;
    problems.push({ code: "config_invalid", message, hint: "Give the folder itself.", location });
    return undefined;
  }
  const { name, workspace } = stack;
  return {
    name,
    path: shownPath(root, real),
    ...(workspace === undefined ? {} : { workspace }),
    declaration,
  };
}

/** Folders with code that say where their state lies, or hold one, and that no other folder calls as a module. */
async function rootModules(
  root: string,
  folders: readonly WalkedFolder[],
  { isOwn }: SearchOptions,
): Promise<readonly string[]> {
  const called = new Set<string>();
  const candidates: string[] = [];
  for (const { path, files } of folders) {
    if (!files.some((name) => /\.(?:tf|tofu)(?:\.json)?$/.test(name))) continue;
    const { hasBackend, modules } = await surveyFolder(path, root);
    for (const module of modules) called.add(module);
    const isInitialised = isOwn && existsSync(join(path, ".terraform", "terraform.tfstate"));
    if (hasBackend || isInitialised || files.includes("terraform.tfstate")) candidates.push(path);
  }
  return candidates.filter((path) => !called.has(path)).map((path) => shownPath(root, path));
}

function shownPath(root: string, path: string): string {
  return relative(root, path).replaceAll("\\", "/") || ".";
}

function withUniqueNames(places: readonly StackPlace[], problems: Warning[]): readonly StackPlace[] {
  const first = new Map<string, StackPlace>();
  for (const place of places) {
    const other = first.get(place.name);
    if (other === undefined) first.set(place.name, place);
    else problems.push(nameTaken(place, other));
  }
  return [...first.values()];
}

function nameTaken(place: StackPlace, other: StackPlace): Warning {
  return {
    code: "stack_name_taken",
    message: `${placeText(place)}: the name ${place.name} belongs to another stack, ${placeText(other)}; this one is not watched`,
    hint: "Give each stack a name of its own in anchorwatch.yaml.",
    ...(place.declaration === undefined
      ? {}
      : { location: { file: place.declaration.file, line: place.declaration.stack.line } }),
  };
}

function placeText({ path, declaration }: StackPlace): string {
  return declaration === undefined ? path : `${declaration.file}:${declaration.stack.line}`;
}

function warningOf({ code, message, hint, location }: AnchorwatchError): Warning {
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(location === undefined ? {} : { location }),
  };
}
