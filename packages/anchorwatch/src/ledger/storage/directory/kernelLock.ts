/**
 * One writer per log, by a lock of the kernel: it ends with the process, however that ends, and holds between containers that
 * share the volume. Node has no flock, but SQLite takes such a lock (fcntl) for `BEGIN EXCLUSIVE`; nothing is ever stored in that
 * file. Never open the lock file by other means in the process that writes: closing any handle of it gives the lock away.
 */
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";
import type { FileLayer } from "./fileLayer.ts";

/** Takes the log in that folder and resolves to the release. @throws AnchorwatchError `ledger_locked`, `ledger_lock_failed` */
export type TakeLock = (folder: string) => Promise<() => Promise<void>>;

export const LOCK_FILE = ".lock";
/** Who has the lock: for people only, and perhaps of an earlier holder. The lock file itself cannot be read while it is held. */
export const HOLDER_FILE = ".lock.holder";

const SQLITE_BUSY = 5;

/** @param name of the ledger, for messages, where the folder is not the ledger itself */
export function kernelLock(files: FileLayer, name?: string): TakeLock {
  return async (folder) => {
    const database = openLock(folder);
    if (!takeNow(database, folder)) {
      database.close();
      throw await refusal(files, folder, name ?? folder);
    }
    try {
      await writeHolder(files, folder);
    } catch (error) {
      database.close();
      throw error;
    }
    return async () => {
      // It is for people only, who know that it may be of an earlier holder: where it stays, it does no harm.
      await files.removeFile(join(folder, HOLDER_FILE)).catch(() => undefined);
      database.close();
    };
  };
}

function openLock(folder: string): DatabaseSync {
  try {
    return new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
  } catch (cause) {
    throw unusable(folder, cause);
  }
}

function takeNow(database: DatabaseSync, folder: string): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (cause) {
    if (isBusy(cause)) return false;
    database.close();
    throw unusable(folder, cause);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}

function unusable(folder: string, cause: unknown): AnchorwatchError {
  const file = join(folder, LOCK_FILE);
  return new AnchorwatchError("ledger_lock_failed", `The lock ${file} cannot be used: ${messageOf(cause)}`, {
    cause,
    hint: "The ledger's folder must be writable, on a file system with locks. If the file is damaged, remove it; it holds nothing.",
    location: { file },
  });
}

async function refusal(files: FileLayer, folder: string, name: string): Promise<AnchorwatchError> {
  const holder = await readHolder(files, folder);
  const message = `The ledger ${name} is being written by another process${holder === undefined ? "" : `: ${holder}`}`;
  return new AnchorwatchError("ledger_locked", message, {
    hint: "A log has one writer at a time. End that process, or wait for it; a crash gives the lock back by itself.",
    location: { file: folder },
  });
}

async function writeHolder(files: FileLayer, folder: string): Promise<void> {
  const holder = { pid: process.pid, host: hostname() };
  const file = await files.create(join(folder, HOLDER_FILE));
  try {
    await file.write(new TextEncoder().encode(`${JSON.stringify(holder)}\n`));
  } finally {
    await file.close();
  }
}

/** Undefined when nothing that makes sense is there: the lock holds all the same. */
async function readHolder(files: FileLayer, folder: string): Promise<string | undefined> {
  try {
    const bytes = await files.read(join(folder, HOLDER_FILE));
    const { pid, host } = JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>>;
    if (!Number.isSafeInteger(pid) || typeof host !== "string") return undefined;
    return `process ${String(pid)} on ${JSON.stringify(host)}`;
  } catch {
    return undefined;
  }
}
