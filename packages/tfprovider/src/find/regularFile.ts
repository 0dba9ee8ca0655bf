import type { BigIntStats } from "node:fs";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { ProviderErrorCode } from "../error-codes.ts";
import { ProviderError } from "../errors.ts";

/**
 * Opens a file for reading, following links, and refuses what is none: a pipe would keep us waiting for ever, and a device
 * would never end. System errors pass unchanged.
 *
 * @throws ProviderError of the given code
 */
export async function openRegular(
  path: string,
  code: ProviderErrorCode,
): Promise<{ readonly handle: FileHandle; readonly stats: BigIntStats }> {
  // Without O_NONBLOCK, opening a pipe waits for somebody to write into it. Windows has neither.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat({ bigint: true });
    if (stats.isFile()) return { handle, stats };
    throw new ProviderError(code, `${path} is no regular file`, { hint: "Put a plain file there, or none." });
  } catch (error) {
    await handle.close();
    throw error;
  }
}
