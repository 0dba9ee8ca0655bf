/** Where a private key may lie: in a folder of our own, readable by nobody else, outside what is served. */
import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, realpath, rm, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { ErrorCode } from "../../domain/error-codes.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { machineFiles } from "../storage/directory/fileLayer.ts";
import { hasCode } from "../storage/directory/storageError.ts";

/** Who asks, and what must stay free of keys. */
export interface KeyKeeper {
  /** Folders that are served or copied to others; a key below one of them is refused. They need not exist. */
  readonly served: readonly string[];
  /** The user that runs this process; undefined where files have no such owners (Windows). */
  readonly uid: number | undefined;
}

const GROUP_AND_OTHERS = 0o077;
const GROUP_AND_OTHERS_WRITE = 0o022;
const MAX_KEY_FILE_BYTES = 4096;

/**
 * Reads a key file after all checks. They look at the opened file, so that no exchange of the file comes between.
 * @throws AnchorwatchError `ledger_key_missing`, `ledger_key_exposed`, `ledger_key_foreign`, `ledger_key_served`,
 *   `ledger_key_unreadable`
 */
export async function readKeyFile(path: string, keeper: KeyKeeper): Promise<string> {
  const file = await openKey(path);
  try {
    await checkFile(path, file, keeper);
    await checkFolder(dirname(await realpath(path)), keeper);
    await refuseServed(path, keeper);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_KEY_FILE_BYTES), 0, MAX_KEY_FILE_BYTES, 0);
    const text = buffer.toString("utf8", 0, bytesRead);
    buffer.fill(0);
    return text;
  } finally {
    await file.close();
  }
}

/**
 * Makes the folder (0700, where it is missing) and the file (0600) with its content on the disk. Never overwrites.
 * @throws AnchorwatchError `ledger_key_exists`, `ledger_key_served`, `ledger_key_exposed`, `ledger_key_unwritable`
 */
export async function writeKeyFile(path: string, text: string, keeper: KeyKeeper): Promise<void> {
  const folder = dirname(resolve(path));
  await refuseServed(path, keeper);
  try {
    await makeFolder(folder);
  } catch (error) {
    throw refused("ledger_key_unwritable", folder, `cannot be made: ${messageOf(error)}`, WRITABLE);
  }
  await refuseServed(path, keeper); // again: the folder may now resolve to another place
  await checkFolder(await realpath(folder), keeper);
  try {
    await writeDurably(path, text);
  } catch (error) {
    if (hasCode(error, "EEXIST")) {
      const hint = "Use it, rotate it, or name another place.";
      throw refused("ledger_key_exists", path, "already exists, and keys are never overwritten", hint);
    }
    throw refused("ledger_key_unwritable", path, `cannot be written: ${messageOf(error)}`, WRITABLE);
  }
}

const WRITABLE = "Give a place that the user of this process may write to.";

/** With its parents, where they are missing: each is a new name in its own parent, and lost with that. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made))
    await machineFiles.syncFolder(dirname(made));
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    // It is ours, and half of it would be in the way of the next try: a key is never overwritten. The first error is the one to tell.
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
  await machineFiles.syncFolder(dirname(path));
}

async function openKey(path: string): Promise<FileHandle> {
  try {
    // Not blocking: someone may have put a pipe there.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      const hint =
        "Restore the key from its backup, or correct the path. Nobody can sign for this log without it.";
      throw refused("ledger_key_missing", path, "does not exist", hint);
    }
    const hint = "Give the user of this process the right to read it, and nobody else.";
    throw refused("ledger_key_unreadable", path, `cannot be read: ${messageOf(error)}`, hint);
  }
}

async function checkFile(path: string, file: FileHandle, { uid }: KeyKeeper): Promise<void> {
  const found = await file.stat();
  if (!found.isFile()) {
    throw refused("ledger_key_unreadable", path, "is no regular file", "Give the path of the key file.");
  }
  if (uid === undefined) return;
  if (found.uid !== uid) {
    const hint = `Give it to the user that runs this process: chown ${uid} ${path}`;
    throw refused("ledger_key_foreign", path, `belongs to user ${found.uid}, not to user ${uid}`, hint);
  }
  if ((found.mode & GROUP_AND_OTHERS) !== 0) {
    const hint = `Close it with chmod 600 ${path}; if others could have read it, rotate the key.`;
    throw refused("ledger_key_exposed", path, `is open to others (mode ${octal(found.mode)})`, hint);
  }
  if (found.nlink > 1) {
    const hint = "Remove its other name (find -samefile): a hard link may lie where the key must not.";
    throw refused("ledger_key_exposed", path, "has a second name on this disk", hint);
  }
}

async function checkFolder(folder: string, { uid }: KeyKeeper): Promise<void> {
  if (uid === undefined) return;
  const found = await stat(folder);
  if (found.uid !== uid && found.uid !== 0) {
    const hint = `Give it to the user that runs this process: chown ${uid} ${folder}`;
    throw refused("ledger_key_foreign", folder, `belongs to user ${found.uid}, not to user ${uid}`, hint);
  }
  if ((found.mode & GROUP_AND_OTHERS_WRITE) !== 0) {
    const hint = `Close it with chmod 700 ${folder}: who may write there can exchange the key.`;
    throw refused("ledger_key_exposed", folder, `is writable by others (mode ${octal(found.mode)})`, hint);
  }
}

async function refuseServed(path: string, { served }: KeyKeeper): Promise<void> {
  const spelled = resolve(path);
  const real = await resolved(spelled);
  for (const folder of served) {
    const outer = await resolved(resolve(folder));
    if (!within(outer, real) && !within(resolve(folder), spelled)) continue;
    const hint = `Move the key out of ${folder}: everything there is given to whoever asks. If it was served, rotate the key.`;
    throw refused("ledger_key_served", path, `lies in ${folder}, which is served`, hint);
  }
}

function within(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The path with every symbolic link resolved, as far as it exists. */
async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT") || dirname(path) === path) throw unresolved(path, error);
    if (await isLink(path)) throw unresolved(path, error); // dangling: nobody knows where it will lead
    return join(await resolved(dirname(path)), path.slice(dirname(path).length).replace(/^[\\/]/, ""));
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw unresolved(path, error);
  }
}

function unresolved(path: string, error: unknown): AnchorwatchError {
  const hint = "Give a path whose folders can be read and whose symbolic links lead somewhere.";
  return refused("ledger_key_unreadable", path, `cannot be resolved: ${messageOf(error)}`, hint);
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, "0");
}

function refused(code: ErrorCode, path: string, why: string, hint: string): AnchorwatchError {
  const what = code === "ledger_key_foreign" || code === "ledger_key_exposed" ? "is refused: it " : "";
  return new AnchorwatchError(code, `${path} ${what}${why}`, { hint, location: { file: path } });
}
