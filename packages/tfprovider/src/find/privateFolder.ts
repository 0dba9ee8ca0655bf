import { lstat, mkdir } from "node:fs/promises";
import { ProviderError } from "../errors.ts";
import { reasonOf } from "./fileErrors.ts";

/**
 * Makes a folder for caches that only this user can enter, or looks whether the one that is there can be trusted: whoever
 * else could write to it could make a changed provider look verified.
 *
 * @param userId undefined where there is none, as on Windows: owners and modes are not checked there
 * @returns why the folder cannot be used, when that is no danger: a read-only disk, say
 * @throws ProviderError `find_cache_unsafe`
 */
export async function makePrivateFolder(
  folder: string,
  userId: number | undefined,
): Promise<string | undefined> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const stats = await lstat(folder);
    if (!stats.isDirectory()) throw unsafe(folder, "is no folder");
    if (userId === undefined) return undefined;
    if (stats.uid !== userId) throw unsafe(folder, `belongs to user ${stats.uid}, not to user ${userId}`);
    if ((stats.mode & 0o022) !== 0) throw unsafe(folder, "can be written to by other users");
    return undefined;
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    return `${folder} could not be made: ${reasonOf(error)}`;
  }
}

function unsafe(folder: string, problem: string): ProviderError {
  return new ProviderError("find_cache_unsafe", `the cache folder ${folder} ${problem}`, {
    hint: `Run \`chmod go-w ${folder}\` if it is yours, or name another cache folder.`,
  });
}
