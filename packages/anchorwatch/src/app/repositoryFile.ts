/** Files that a repository brings: a pipe, a device or a huge file of that name may neither hold up a check nor fill its memory. */
import { constants, type FileHandle, open } from "node:fs/promises";
import { messageOf } from "../domain/errors.ts";

export type RepositoryFile =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: string; readonly cause?: unknown };

/** @param largest bytes */
export async function readRepositoryFile(path: string, largest: number): Promise<RepositoryFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await handle.stat();
    if (!status.isFile()) return { ok: false, why: "it is not a regular file" };
    if (status.size > largest) return { ok: false, why: `it is larger than ${largest / 1024} KiB` };
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(await handle.readFile()) };
  } catch (cause) {
    return { ok: false, why: messageOf(cause), cause };
  } finally {
    await handle?.close();
  }
}
