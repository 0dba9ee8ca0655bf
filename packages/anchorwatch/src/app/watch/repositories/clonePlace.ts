/**
 * The folder of a clone belongs to one process: another one would remove the files of a commit that is being read. Of several on one
 * machine the next one takes a folder of its own beside it. The lock is the kernel's, by way of SQLite, and ends with the process.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";

export interface ClonePlace {
  readonly folder: string;
  /** Somebody else may have it. */
  release(): void;
}

const MOST_PROCESSES = 64;
const SQLITE_BUSY = 5;

/** @throws AnchorwatchError `repository_folder_taken` */
export async function takeClonePlace(wanted: string): Promise<ClonePlace> {
  for (let number = 1; number <= MOST_PROCESSES; number += 1) {
    const folder = number === 1 ? wanted : `${wanted}-${number}`;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const lock = takeNow(folder);
    if (lock !== undefined) return { folder, release: () => lock.close() };
  }
  throw new AnchorwatchError(
    "repository_folder_taken",
    `${wanted} and ${MOST_PROCESSES - 1} folders beside it are in use by other processes`,
    { hint: "Give this process a folder of its own with `watch.folder` in anchorwatch.server.yaml." },
  );
}

function takeNow(folder: string): DatabaseSync | undefined {
  const file = join(folder, ".lock");
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file, { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (cause) {
    lock?.close();
    if (cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY) return undefined;
    throw new AnchorwatchError(
      "repository_folder_taken",
      `The lock ${file} cannot be used: ${messageOf(cause)}`,
      {
        hint: "The folder must be writable, on a file system with locks. The file holds nothing, and may be removed.",
        cause,
      },
    );
  }
}
