/**
 * Where providers lie, in the order in which they are looked for:
 *
 * 1. `dev_overrides` of the CLI configuration: somebody is developing this provider;
 * 2. `.terraform/providers` of the root module, where `init` put what the next apply will run;
 * 3. the plugin cache, out of which `init` links;
 * 4. the `filesystem_mirror` methods of `provider_installation`, in their order;
 * 5. without such a block, the implied mirror folders.
 *
 * The network is never used: what only a registry has is named in the error as not installed.
 */
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { CliConfig } from "./cliConfig.ts";
import type { InstallationMethod } from "./installation.ts";
import type { SourceAddress } from "./sourceAddress.ts";
import { isServed, matches } from "./sourcePattern.ts";
import type { Surroundings } from "./surroundings.ts";

/** By which rule a folder is searched. */
export type Origin = "dev_override" | "data_dir" | "plugin_cache" | "filesystem_mirror" | "implied_mirror";

/** A folder that is searched for packages, or, for a `dev_override`, the one that holds the program itself. */
export interface SearchPlace {
  readonly origin: Origin;
  /** Absolute. */
  readonly dir: string;
}

/** A source that was not looked into, and why. */
export interface PassedOver {
  readonly what: string;
  readonly why: string;
}

export interface SearchPlan {
  /** In order. */
  readonly places: readonly SearchPlace[];
  readonly passedOver: readonly PassedOver[];
}

export function planSearch(around: Surroundings, config: CliConfig, source: SourceAddress): SearchPlan {
  if (around.mirrors !== undefined) {
    const places = around.mirrors.map((dir) => ({ origin: "filesystem_mirror" as const, dir }));
    return { places, passedOver: [] };
  }
  const methods = (config.installation ?? []).map((method) => planMethod(method, source));
  const mirrors = methods.flatMap((plan) => plan.places);
  const implied = config.installation === undefined ? impliedMirrors(around) : [];
  const cache = config.pluginCacheDir;
  const places: readonly SearchPlace[] = [
    ...mirrors.filter(({ origin }) => origin === "dev_override"),
    { origin: "data_dir", dir: dataDir(around) },
    ...(cache === undefined ? [] : [{ origin: "plugin_cache" as const, dir: cache }]),
    ...mirrors.filter(({ origin }) => origin !== "dev_override"),
    ...implied.map((dir) => ({ origin: "implied_mirror" as const, dir })),
  ];
  const mayBring = (place: SearchPlace) =>
    around.trustRootModule !== false || !isInside(place.dir, around.untrustedFolder ?? around.dir);
  return {
    places: places.filter(mayBring),
    passedOver: [
      ...places.filter((place) => !mayBring(place)).map(({ dir }) => ({ what: dir, why: UNTRUSTED })),
      ...methods.flatMap((plan) => plan.passedOver),
    ],
  };
}

const UNTRUSTED = "this root module may not bring programs";

/** Whichever rule leads there: settings of the operator may name folders relative to the root module. */
function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** `TF_DATA_DIR` moves the whole of `.terraform`. */
function dataDir({ dir, env }: Surroundings): string {
  return join(resolve(dir, env["TF_DATA_DIR"] || ".terraform"), "providers");
}

function planMethod(method: InstallationMethod, source: SourceAddress): SearchPlan {
  switch (method.kind) {
    case "dev_overrides": {
      const own = method.overrides.filter((override) => matches(override.source, source));
      return { places: own.map(({ path }) => ({ origin: "dev_override", dir: path })), passedOver: [] };
    }
    case "filesystem_mirror":
      return isServed(source, method.include, method.exclude)
        ? { places: [{ origin: "filesystem_mirror", dir: method.path }], passedOver: [] }
        : { places: [], passedOver: [{ what: method.path, why: "its include and exclude patterns" }] };
    case "remote":
      return { places: [], passedOver: [{ what: method.name, why: "needs the network: not installed" }] };
  }
}

/** @see https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories */
function impliedMirrors(around: Surroundings): readonly string[] {
  return [...new Set([join(around.dir, "terraform.d", "plugins"), ...userMirrors(around)])];
}

function userMirrors({ env, homeDir, platform }: Surroundings): readonly string[] {
  const home = join(homeDir, ".terraform.d", "plugins");
  switch (platform.os) {
    case "windows": {
      const data = env["APPDATA"] ?? join(homeDir, "AppData", "Roaming");
      return [
        join(data, "terraform.d", "plugins"),
        join(data, "HashiCorp", "Terraform", "plugins"),
        join(data, "OpenTofu", "plugins"),
      ];
    }
    case "darwin": {
      const library = join("Library", "Application Support", "io.terraform", "plugins");
      return [home, join(homeDir, library), join("/", library)];
    }
    default: {
      const data = env["XDG_DATA_HOME"] || join(homeDir, ".local", "share");
      const shared = (env["XDG_DATA_DIRS"] || "/usr/local/share:/usr/share").split(":");
      const terraform = [data, ...shared.filter((dir) => dir.startsWith("/"))];
      return [
        home,
        join(data, "opentofu", "plugins"),
        ...terraform.map((dir) => join(dir, "terraform", "plugins")),
      ];
    }
  }
}
