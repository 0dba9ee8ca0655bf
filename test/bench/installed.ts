/** The command that is measured: compiled and packed as it is published, since type stripping costs time and memory. */
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "../support/executable.ts";
import { type Command, measure } from "./measure.ts";

export interface Installed {
  /** Of compiled modules, as `src` has them. */
  readonly lib: string;
  /** The arguments of Node before those of anchorwatch. */
  readonly main: string;
}

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Packs the tarball and unpacks it into `folder`. Its dependencies are those of the repository, linked: the same files
 * that `npm install` of the tarball would bring, without a registry.
 */
export async function install(folder: string, env: Environment, signal: AbortSignal): Promise<Installed> {
  const packed = join(folder, "packed");
  const home = join(folder, "installed");
  const step = (name: string, file: string, args: readonly string[]): Command => {
    return { name, file, args, cwd: REPOSITORY, environment: env, statuses: [0] };
  };
  await measure(step("scripts/pack.ts", process.execPath, ["scripts/pack.ts", packed]), signal);
  const tarball = readdirSync(packed).find((name) => /^anchorwatch-.*\.tgz$/.test(name)) ?? "anchorwatch.tgz";
  mkdirSync(home);
  await measure(step("tar", "tar", ["-xzf", join(packed, tarball), "-C", home]), signal);
  symlinkSync(join(REPOSITORY, "node_modules"), join(home, "node_modules"));
  const lib = join(home, "package", "lib");
  return { lib, main: join(lib, "cli", "main.js") };
}
