/**
 * What a witness remembers, in a folder: one file of JSON for each log, replaced as a whole. The folder belongs to one process, by a
 * lock of the kernel that ends with it.
 */

import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseCheckpoint } from "../checkpoint.ts";
import { TlogError } from "../errors.ts";
import { parseNote } from "../note.ts";
import type { WitnessedCheckpoint, WitnessState } from "../witness.ts";

export interface WitnessFolder extends WitnessState {
  /** Gives the folder back. */
  close(): void;
}

const SCHEMA = "tlog.witness/v1";
const LOCK_FILE = ".lock";

/** Takes the folder, and makes it if need be. Rejects with `witness_state_locked` when another process has it, `witness_state_failed`. */
export async function openWitnessFolder(folder: string): Promise<WitnessFolder> {
  await makeFolder(resolve(folder)).catch((cause: unknown) => {
    throw failed(folder, cause);
  });
  const lock = takeLock(folder);
  const state = new FolderState(folder);
  return {
    latest: (origin) => state.latest(origin),
    compareAndSwap: (origin, old, next) => state.compareAndSwap(origin, old, next),
    close: () => lock.close(),
  };
}

class FolderState implements WitnessState {
  readonly #folder: string;
  /** One write at a time: comparing and storing must not be torn apart. */
  #turn: Promise<unknown> = Promise.resolve();
  /** After a failed write nobody knows what the disk has: nothing may be cosigned on that ground. */
  #failure: TlogError | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async latest(origin: string): Promise<WitnessedCheckpoint | undefined> {
    if (this.#failure !== undefined) throw this.#failure;
    return readState(this.#folder, origin);
  }

  compareAndSwap(origin: string, old: number, next: WitnessedCheckpoint): Promise<boolean> {
    const result = this.#turn.then(async () => {
      const known = await this.latest(origin);
      if ((known?.size ?? 0) !== old) return false;
      await this.#store(origin, next);
      return true;
    });
    // The next one's turn comes also after a failure, which this one's caller gets.
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #store(origin: string, { size, note }: WitnessedCheckpoint): Promise<void> {
    const path = join(this.#folder, fileOf(origin));
    const text = `${JSON.stringify({ schema: SCHEMA, origin, size, checkpoint: note }, undefined, 2)}\n`;
    try {
      await writeDurably(this.#folder, path, text);
    } catch (cause) {
      this.#failure = failed(path, cause);
      throw this.#failure;
    }
  }
}

/** Never takes a damaged file for a log that was not seen yet. */
async function readState(folder: string, origin: string): Promise<WitnessedCheckpoint | undefined> {
  const path = join(folder, fileOf(origin));
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw failed(path, cause);
  }
  try {
    const stored = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const note = String(stored["checkpoint"]);
    const checkpoint = parseCheckpoint(parseNote(note).text);
    const isOurs = stored["schema"] === SCHEMA && stored["size"] === checkpoint.size;
    if (!isOurs || stored["origin"] !== origin || checkpoint.origin !== origin) throw damaged(path);
    return { size: checkpoint.size, root: checkpoint.root, note };
  } catch (cause) {
    throw cause instanceof TlogError && cause.code === "witness_state_invalid" ? cause : damaged(path, cause);
  }
}

/** Temporary file, fsync, rename, fsync of the folder: after a crash there is the old state or the new one, and it stays. */
async function writeDurably(folder: string, path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(folder);
}

/** With its parents, where they are missing: a folder whose name a crash takes away would be a witness that has seen nothing. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** The lock of SQLite's own: Node has no other that the kernel gives back after a crash. Nothing is stored in that file. */
function takeLock(folder: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch (cause) {
    database?.close();
    const SQLITE_BUSY = 5;
    if (!(cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY)) {
      throw failed(folder, cause);
    }
    throw new TlogError("witness_state_locked", `another process is using the witness's folder ${folder}`, {
      cause,
    });
  }
}

/** Origins are texts of any length and any characters. */
function fileOf(origin: string): string {
  return `${createHash("sha256").update(origin).digest("hex")}.json`;
}

function failed(path: string, cause: unknown): TlogError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TlogError(
    "witness_state_failed",
    `${path} cannot be used for what the witness remembers: ${why}`,
    {
      cause,
    },
  );
}

function damaged(path: string, cause?: unknown): TlogError {
  return new TlogError(
    "witness_state_invalid",
    `${path} is damaged. Without it the witness could cosign another history of that log: restore it`,
    { cause },
  );
}
