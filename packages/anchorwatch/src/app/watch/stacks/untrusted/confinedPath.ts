import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isInside } from "../../../configuration/inside.ts";

/**
 * The path with its links followed, as far as it exists.
 * @returns undefined where it leads out of all of these folders
 */
export async function resolveConfined(path: string, folders: readonly string[]): Promise<string | undefined> {
  const real = await realAsFarAsThere(path);
  const homes = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  return homes.some((home) => home !== undefined && isInside(real, home)) ? real : undefined;
}

async function realAsFarAsThere(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    // Not there: what is around it decides whether that may be told.
    const parent = dirname(path);
    return parent === path ? path : join(await realAsFarAsThere(parent), basename(path));
  }
}
