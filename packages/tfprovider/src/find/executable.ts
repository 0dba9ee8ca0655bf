import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ProviderError } from "../errors.ts";
import { unreadable } from "./fileErrors.ts";
import type { Platform } from "./platform.ts";

/**
 * The program in a package's folder: a file whose name is `terraform-provider-TYPE`, alone or followed by `_` or `.` and
 * anything. Of several the first by name is taken, as Terraform does.
 *
 * @throws ProviderError `find_executable_missing`, `find_package_unreadable`
 */
export async function executableIn(packageDir: string, type: string, platform: Platform): Promise<string> {
  const prefix = `terraform-provider-${type}`;
  const names = (await namesIn(packageDir)).filter((name) => {
    return name.startsWith(prefix) && /^($|[_.])/.test(name.slice(prefix.length));
  });
  const name = names.sort()[0];
  if (name === undefined) throw missing(packageDir, `a program named ${prefix}_v…`);
  const path = join(packageDir, name);
  const stats = await statOf(path);
  if (!stats.isFile()) throw missing(packageDir, `${name} to be a file`);
  // Windows knows no permission to execute.
  if (platform.os !== "windows" && (stats.mode & 0o111) === 0)
    throw missing(packageDir, `${name} to be executable`);
  return path;
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    throw unreadable("find_package_unreadable", dir, error);
  }
}

async function statOf(path: string): Promise<{ isFile(): boolean; mode: number }> {
  try {
    return await stat(path);
  } catch (error) {
    throw unreadable("find_package_unreadable", path, error);
  }
}

function missing(packageDir: string, expected: string): ProviderError {
  return new ProviderError("find_executable_missing", `${packageDir}: expected ${expected}`, {
    hint: "Delete that folder and run `terraform init`; a development override must name the folder of the built program.",
  });
}
