/** Where the source of a module call lies on this machine, and whether it may be read there. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { isInside } from "../functions/fileAccess.ts";
import type { ModuleConfig } from "./moduleConfig.ts";
import { readTextFile } from "./textFile.ts";

export interface FolderRules {
  /** The root module's folder, links resolved. */
  readonly root: string;
  /** Local modules must lie in here, links resolved: a repository must not read what is around it. */
  readonly boundary: string;
  /** `.terraform`, or what `TF_DATA_DIR` says: installed modules lie in its `modules`. */
  readonly dataDir: string;
  /** Whether what the data folder says counts. */
  readonly installedModules: boolean;
}

export type ModuleFolder =
  | { readonly kind: "found"; readonly folder: string; readonly shown: string }
  | { readonly kind: "missing" }
  | { readonly kind: "refused"; readonly folder: string };

/** What `terraform init` wrote down: folder of each module by its path, `net.subnets`. */
export type ModuleManifest = ReadonlyMap<string, string>;

/** The nearest folder upwards that a version control system takes for its own; without one, the folder itself. */
export function repositoryOf(folder: string): string {
  let current = folder;
  for (;;) {
    if (existsSync(join(current, ".git"))) return current;
    const parent = dirname(current);
    if (parent === current) return folder;
    current = parent;
  }
}

export function manifestFile({ dataDir }: Pick<FolderRules, "dataDir">): string {
  return join(dataDir, "modules", "modules.json");
}

/** Without a manifest, or with one that is none, nothing is installed. */
export function readManifest(rules: FolderRules): ModuleManifest {
  if (!rules.installedModules) return new Map();
  const path = manifestFile(rules);
  const text = existsSync(path) ? readTextFile(path, path) : undefined;
  if (typeof text !== "string") return new Map();
  return new Map(manifestEntries(text));
}

function manifestEntries(text: string): (readonly [string, string])[] {
  try {
    const parsed = JSON.parse(text) as unknown;
    const modules =
      typeof parsed === "object" && parsed !== null && "Modules" in parsed ? parsed.Modules : undefined;
    return Array.isArray(modules) ? modules.flatMap((entry: unknown) => manifestEntry(entry)) : [];
  } catch (cause) {
    // Damaged, it tells as little as a missing one: the modules are then reported as not installed.
    if (cause instanceof SyntaxError) return [];
    throw cause;
  }
}

function manifestEntry(entry: unknown): (readonly [string, string])[] {
  if (typeof entry !== "object" || entry === null) return [];
  const { Key: key, Dir: dir } = entry as { readonly Key?: unknown; readonly Dir?: unknown };
  return typeof key === "string" && typeof dir === "string" ? [[key, dir]] : [];
}

/** A path, and no name of a registry, nor an address. */
export function isLocalSource(source: string): boolean {
  return /^\.{1,2}(?:\/|\\|$)/.test(source);
}

export function moduleFolder(
  parent: ModuleConfig,
  call: { readonly name: string; readonly source: string | undefined },
  rules: FolderRules,
  manifest: ModuleManifest,
): ModuleFolder {
  const { source } = call;
  if (source !== undefined && isLocalSource(source)) {
    const slashed = source.replaceAll("\\", "/");
    const shown = posix.join(parent.shown, slashed).replace(/(.)\/$/, "$1");
    return located(join(parent.folder, slashed), shown, rules);
  }
  const installed = manifest.get([...parent.path, call.name].join("."));
  if (installed === undefined) return { kind: "missing" };
  return located(resolve(rules.root, installed), posix.normalize(installed.replaceAll("\\", "/")), rules);
}

function located(path: string, shown: string, rules: FolderRules): ModuleFolder {
  if (!existsSync(path)) {
    // Not told apart from a missing one by whoever tries paths outside.
    return isAllowed(path, rules) ? { kind: "missing" } : { kind: "refused", folder: path };
  }
  const folder = realpathSync(path);
  return isAllowed(folder, rules) ? { kind: "found", folder, shown } : { kind: "refused", folder };
}

function isAllowed(folder: string, rules: FolderRules): boolean {
  return readableFolders(rules).some((readable) => isInside(readable, folder));
}

/**
 * The folders that code may be read from, links resolved. A data folder that the operator put elsewhere is one of them;
 * one inside the repository is the repository's own, and a link in its place leads out like any other.
 */
export function readableFolders({ boundary, dataDir, installedModules }: FolderRules): readonly string[] {
  const modules = join(dataDir, "modules");
  if (!installedModules || isInside(boundary, dataDir) || !existsSync(modules)) return [boundary];
  return [boundary, realpathSync(modules)];
}
