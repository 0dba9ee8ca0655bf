import { constants, createReadStream, openSync, type Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";
import { wholeStateError } from "../errors.ts";
import { collect, tooLarge } from "./limits.ts";
import { MAX_STATE_BYTES } from "./size.ts";

/**
 * The bytes of a file, or of a pipe: `--state <(terraform state pull)` works.
 * @throws AnchorwatchError `state_missing`, `state_is_folder`, `state_unreadable`, `state_too_large`
 */
export async function readStateFile(path: string, limit: AbortSignal): Promise<Buffer> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw isFolder(path);
    if (!found.isFile()) return await collect(streamOf(path, found, limit), undefined, path);
    if (found.size > MAX_STATE_BYTES) throw tooLarge(path, found.size);
    return await readFile(path, { signal: limit });
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Shortly after a change the next one may bear the same time: file systems count in steps of milliseconds, some of seconds. */
const STEADY_AFTER_MS = 2_500;

/**
 * Equal as long as nobody changed the file; to be taken before it is read. Undefined where that cannot be told: for a pipe,
 * a file that is not there, and one that was changed only just now.
 */
export async function fileMark(path: string, now: number): Promise<string | undefined> {
  // What is wrong with it, reading it will tell.
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found === undefined || !found.isFile()) return undefined;
  if (now - Number(found.ctimeMs) < STEADY_AFTER_MS) return undefined;
  return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
}

/**
 * A pipe is opened without waiting for its writer, and read as a socket is. A thread that waits for one could not be
 * stopped: neither a deadline nor Ctrl-C would end the process.
 */
function streamOf(path: string, found: Stats, signal: AbortSignal): AsyncIterable<Uint8Array> {
  if (!found.isFIFO()) return createReadStream(path, { signal });
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false, signal });
}

function isFolder(path: string): AnchorwatchError {
  const hint = "Give the state file itself, or the folder of the code without --state.";
  return wholeStateError(path, "state_is_folder", "is a folder; a state file is expected", hint);
}

function fileError(path: string, error: unknown): unknown {
  if (error instanceof AnchorwatchError) return error;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return wholeStateError(
        path,
        "state_missing",
        "does not exist",
        "Deploy the stack first (`terraform apply`), run `terraform init` if its state lies elsewhere, or name a state with --state.",
      );
    case "EISDIR":
      return isFolder(path);
    case "EACCES":
    case "EPERM":
      return unreadable(path, "this user may not read it");
    case "ERR_FS_FILE_TOO_LARGE":
      return tooLarge(path, undefined);
    default:
      return code === "ABORT_ERR" ? error : unreadable(path, messageOf(error));
  }
}

function unreadable(path: string, why: string): AnchorwatchError {
  const hint = "Check the permissions of the file and of the folders above it.";
  return wholeStateError(path, "state_unreadable", `cannot be read: ${why}`, hint);
}
