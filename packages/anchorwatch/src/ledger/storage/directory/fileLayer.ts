/**
 * Every operation on files that a directory log makes, and nothing else: tests put a faulty disk in between. Rejections are
 * those of node:fs, with its codes (`ENOSPC` …), but that what does not exist is an answer and no error.
 */
import { constants } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rmdir, unlink } from "node:fs/promises";
import process from "node:process";
import { hasCode } from "./storageError.ts";

/** A file that is being written. */
export interface NewFile {
  /** All of the bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Durable when resolved: the bytes, not the name. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FolderItem {
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
}

export interface FileLayer {
  /** Undefined: not there. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Undefined: no such folder. */
  list(path: string): Promise<readonly FolderItem[] | undefined>;
  /** A new empty file. What was there is emptied. */
  create(path: string): Promise<NewFile>;
  /** Atomic; replaces what is there. */
  rename(from: string, to: string): Promise<void>;
  /** Makes the names in the folder durable. */
  syncFolder(path: string): Promise<void>;
  /** One folder, whose parent exists. No error when it is there. */
  makeFolder(path: string): Promise<void>;
  /** No error when it is gone. */
  removeFile(path: string): Promise<void>;
  /** An empty folder. No error when it is gone. */
  removeFolder(path: string): Promise<void>;
}

/** The machine's own files. */
export const machineFiles: FileLayer = {
  read: (path) => unless("ENOENT", undefined, async () => plain(await readFile(path))),
  list: (path) =>
    unless("ENOENT", undefined, async () => {
      const items = await readdir(path, { withFileTypes: true });
      return items.map((item) => ({
        name: item.name,
        kind: item.isFile() ? "file" : item.isDirectory() ? "folder" : "other",
      }));
    }),
  async create(path) {
    const { O_CREAT, O_WRONLY, O_TRUNC, O_NOFOLLOW } = constants;
    const file = await open(path, O_CREAT | O_WRONLY | O_TRUNC | (O_NOFOLLOW ?? 0), 0o644);
    return {
      write: (bytes) => file.writeFile(bytes),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
  rename,
  async syncFolder(path) {
    // Windows has no such call: NTFS journals the names itself.
    if (process.platform === "win32") return;
    const folder = await open(path, constants.O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  makeFolder: (path) => unless("EEXIST", undefined, () => mkdir(path)),
  removeFile: (path) => unless("ENOENT", undefined, () => unlink(path)),
  removeFolder: (path) => unless("ENOENT", undefined, () => rmdir(path)),
};

async function unless<Result>(code: string, instead: Result, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, code)) return instead;
    throw error;
  }
}

/** Callers get what the type says, not a Buffer with its other `slice`. */
function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
