import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";

/** Far beyond what `terraform init` writes down. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * A file of the data folder, in which `terraform init` and `terraform workspace select` leave notes.
 * The folder may have come with a stranger's repository: a pipe must not keep us waiting, nor a device fill the memory.
 * @param unusable makes the error that is thrown where the file is there and cannot be read
 * @returns undefined when there is no such file
 */
export async function readInitFile(
  path: string,
  unusable: (why: string) => AnchorwatchError,
): Promise<Buffer | undefined> {
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, which Windows does not have, opening a pipe waits for somebody to write into it.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = await handle.stat();
    if (!found.isFile()) throw unusable("it is not a regular file");
    if (found.size > MAX_BYTES) throw unusable(`it is larger than ${MAX_BYTES / 1024 / 1024} MB`);
    return await handle.readFile();
  } catch (error) {
    if (error instanceof AnchorwatchError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unusable(messageOf(error));
  } finally {
    await handle?.close();
  }
}
