import type { Dirent } from "node:fs";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Environment, isExecutable } from "./executable.ts";

/** A provider binary in a filesystem mirror with the unpacked layout. */
export interface MirroredProvider {
  /** The folder that holds `registry.terraform.io`: what a `filesystem_mirror` block names. */
  readonly mirror: string;
  readonly version: string;
  readonly executable: string;
}

const REGISTRY = "registry.terraform.io";
const SEARCH_DEPTH = 4;
const NOT_WORTH_ENTERING = new Set(["node_modules", ".git", ".cache", "proc", "sys", "site-packages"]);

/**
 * Looks where Terraform users keep provider mirrors, then in the places where machines put extra software.
 * Of several versions the newest is taken, of equal ones the first found. Nothing is remembered between runs.
 */
export function findMirroredProvider(
  name: { readonly namespace: string; readonly type: string },
  env: Environment,
  platform: { readonly os: NodeJS.Platform; readonly arch: string } = {
    os: process.platform,
    arch: process.arch,
  },
): MirroredProvider | undefined {
  const wanted = terraformPlatform(platform.os, platform.arch);
  for (const folders of [namedFolders(env), softwareFolders(env)]) {
    const found = folders.flatMap((folder) => providersIn(folder(), name, wanted));
    const newest = found.sort((a, b) => compareVersions(b.version, a.version))[0];
    if (newest !== undefined) return newest;
  }
  return undefined;
}

/** `linux_amd64`, as the folders of a mirror are named. */
export function terraformPlatform(os: NodeJS.Platform, arch: string): string {
  const system = os === "win32" ? "windows" : os;
  const processor = arch === "x64" ? "amd64" : arch === "ia32" ? "386" : arch;
  return `${system}_${processor}`;
}

type Search = () => readonly string[];

function namedFolders(env: Environment): readonly Search[] {
  const home = env["HOME"] ?? "";
  const implied = [
    env["TF_PLUGIN_CACHE_DIR"],
    `${home}/.terraform.d/plugins`,
    `${home}/.local/share/terraform/plugins`,
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
  ].filter((folder) => folder !== undefined);
  return [() => configuredMirrors(env), () => implied];
}

function softwareFolders(env: Environment): readonly Search[] {
  const roots = ["/opt", "/srv", "/usr/local", "/usr/share", env["HOME"] ?? ""];
  return [() => roots.filter((root) => root !== "").flatMap((root) => mirrorsBelow(root, SEARCH_DEPTH))];
}

/** The paths of `filesystem_mirror` blocks and `plugin_cache_dir`: a loose reading is enough to find folders. */
function configuredMirrors(env: Environment): readonly string[] {
  const files = [
    env["TF_CLI_CONFIG_FILE"],
    `${env["HOME"] ?? ""}/.terraformrc`,
    `${env["HOME"] ?? ""}/.tofurc`,
  ];
  return files
    .filter((file) => file !== undefined && existsSync(file))
    .flatMap((file) => {
      const text = readFileSync(file as string, "utf8");
      return [...text.matchAll(/^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"/gm)].map(
        (match) => match[1] ?? "",
      );
    });
}

function mirrorsBelow(folder: string, depth: number): readonly string[] {
  const folders = subfolders(folder);
  if (folders.some((entry) => entry.name === REGISTRY)) return [folder];
  if (depth === 0) return [];
  return folders
    .filter((entry) => !entry.isSymbolicLink() && !NOT_WORTH_ENTERING.has(entry.name))
    .flatMap((entry) => mirrorsBelow(join(folder, entry.name), depth - 1));
}

function providersIn(
  mirrors: readonly string[],
  name: { readonly namespace: string; readonly type: string },
  platform: string,
): readonly MirroredProvider[] {
  return mirrors.flatMap((mirror) => {
    const home = join(mirror, REGISTRY, name.namespace, name.type);
    return subfolders(home).flatMap((version) => {
      const folder = join(home, version.name, platform);
      const file = entries(folder).find((entry) => entry.name.startsWith(`terraform-provider-${name.type}`));
      if (file === undefined || !isExecutable(join(folder, file.name))) return [];
      return [{ mirror, version: version.name, executable: join(folder, file.name) }];
    });
  });
}

function subfolders(folder: string): readonly Dirent[] {
  return entries(folder).filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
}

function entries(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // A folder that is missing or closed to us holds no mirror that we could use.
  }
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
