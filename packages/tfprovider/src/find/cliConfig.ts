import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseCliConfig } from "./cliSyntax.ts";
import { type CliBody, invalidCliConfig, isBody } from "./cliValue.ts";
import { isMissing, unreadable } from "./fileErrors.ts";
import { type InstallationMethod, readInstallation } from "./installation.ts";
import { OPENTOFU_REGISTRY, type SourceAddress } from "./sourceAddress.ts";
import type { FindWarning, Surroundings } from "./surroundings.ts";

/** What of the CLI configuration says where providers lie. */
export interface CliConfig {
  readonly files: readonly string[];
  readonly pluginCacheDir?: string;
  /** Absent when no file has a `provider_installation` block: then the implied folders are searched. */
  readonly installation?: readonly InstallationMethod[];
  readonly warnings: readonly FindWarning[];
}

/**
 * Reads the CLI configuration as Terraform and OpenTofu do: the one file that `TF_CLI_CONFIG_FILE` names, or else the file
 * in the home folder and every `*.tfrc` of the configuration folder. Which of the two programs is used is told by the
 * provider's registry; its file comes first, the other's is taken when it has none.
 *
 * @throws ProviderError `find_cli_config_invalid`
 */
export async function readCliConfig(around: Surroundings, source: SourceAddress): Promise<CliConfig> {
  const override = around.env["TF_CLI_CONFIG_FILE"] || around.env["TERRAFORM_CONFIG"];
  const found =
    override === undefined
      ? await readUserFiles(around, source)
      : await readFirst([resolve(around.dir, override)]);
  const warnings = override !== undefined && found.length === 0 ? [missing(override)] : [];
  return { ...merge(found, around), warnings };
}

interface ConfigFile {
  readonly file: string;
  readonly body: CliBody;
}

async function readUserFiles(around: Surroundings, source: SourceAddress): Promise<readonly ConfigFile[]> {
  const main = await readFirst(mainFiles(around, source));
  for (const folder of configDirs(around)) {
    const names = await tfrcFiles(folder);
    if (names === undefined) continue;
    const others = await Promise.all(names.map((name) => readFirst([join(folder, name)])));
    return [...main, ...others.flat()];
  }
  return main;
}

function mainFiles({ env, homeDir, platform }: Surroundings, source: SourceAddress): readonly string[] {
  const windows = platform.os === "windows";
  const folder = windows ? (env["APPDATA"] ?? join(homeDir, "AppData", "Roaming")) : homeDir;
  const terraform = join(folder, windows ? "terraform.rc" : ".terraformrc");
  const opentofu = [join(folder, windows ? "tofu.rc" : ".tofurc")];
  const xdg = env["XDG_CONFIG_HOME"];
  if (xdg) opentofu.push(join(xdg, "opentofu", "tofurc"));
  return source.host === OPENTOFU_REGISTRY ? [...opentofu, terraform] : [terraform, ...opentofu];
}

/** The folder of further configuration; the first that exists is the one. */
function configDirs({ env, homeDir, platform }: Surroundings): readonly string[] {
  if (platform.os === "windows") {
    return [join(env["APPDATA"] ?? join(homeDir, "AppData", "Roaming"), "terraform.d")];
  }
  const xdg = env["XDG_CONFIG_HOME"];
  return [join(homeDir, ".terraform.d"), ...(xdg ? [join(xdg, "opentofu")] : [])];
}

async function tfrcFiles(folder: string): Promise<readonly string[] | undefined> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => /\.tfrc(\.json)?$/.test(name)).sort();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable("find_cli_config_invalid", folder, error);
  }
}

/** The first of these files that exists, as a list of one or none. */
async function readFirst(files: readonly string[]): Promise<readonly ConfigFile[]> {
  for (const file of files) {
    try {
      const text = await readFile(file, "utf8");
      return [{ file, body: parseCliConfig(text, file) }];
    } catch (error) {
      if (isMissing(error)) continue;
      throw unreadable("find_cli_config_invalid", file, error);
    }
  }
  return [];
}

function merge(found: readonly ConfigFile[], around: Surroundings): Omit<CliConfig, "warnings"> {
  const cache = around.env["TF_PLUGIN_CACHE_DIR"] || found.map(pluginCacheDir).find((dir) => dir !== "");
  const installations = found.flatMap(({ file, body }) =>
    body.items
      .filter(({ key, value }) => key === "provider_installation" && isBody(value))
      .map((item) => ({ file, item })),
  );
  const [first, second] = installations;
  if (second !== undefined) {
    const problem = `a second provider_installation block; the first is in ${first?.file}`;
    throw invalidCliConfig(second.file, second.item.line, `${problem}, and only one may be there`);
  }
  return {
    files: found.map(({ file }) => file),
    ...(cache ? { pluginCacheDir: resolve(around.dir, expand(cache, around.env)) } : {}),
    ...(first === undefined ? {} : { installation: readInstallation(first.file, first.item, around.dir) }),
  };
}

function pluginCacheDir({ file, body }: ConfigFile): string {
  const item = body.items.find(({ key }) => key === "plugin_cache_dir");
  if (item === undefined) return "";
  if (typeof item.value === "string") return item.value;
  throw invalidCliConfig(file, item.line, "expected a path as plugin_cache_dir");
}

/** `$NAME` and `${NAME}`; a variable that is not set is empty, as for Terraform. */
function expand(path: string, env: Surroundings["env"]): string {
  return path.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    return env[braced ?? bare ?? ""] ?? "";
  });
}

function missing(file: string): FindWarning {
  return {
    code: "cli_config_missing",
    message: `The CLI configuration file ${file} that the environment names does not exist; going on without one.`,
  };
}
