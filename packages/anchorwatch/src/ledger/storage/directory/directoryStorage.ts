/** A log in a folder: the tiles lie as they are served, so any file server or copy of it is a log. */
import { join, relative, resolve, sep } from "node:path";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { contentPath, servedFile } from "../servedFile.ts";
import type { LogStorage, TreeState, WriterLease } from "../storage.ts";
import { formatTreeState, parseTreeState } from "../treeState.ts";
import { DurableFiles, TEMPORARY_FOLDER, type WholeFile } from "./durableFiles.ts";
import { type FileLayer, machineFiles } from "./fileLayer.ts";
import { HOLDER_FILE, kernelLock, LOCK_FILE, type TakeLock } from "./kernelLock.ts";
import { discardBeyond, removeFolder } from "./leftovers.ts";
import { storageError } from "./storageError.ts";

const TREE_FILE = ".tree";
const CHECKPOINT_FILE = "checkpoint";

/** What lies in the folder besides the log itself: for those who look at every file. */
export const OWN_FILES: readonly string[] = [TREE_FILE, LOCK_FILE, HOLDER_FILE, TEMPORARY_FOLDER];

export interface DirectoryStorageOptions {
  readonly files?: FileLayer;
  readonly takeLock?: TakeLock;
}

/** Nothing is created before somebody becomes the writer. */
export function directoryStorage(folder: string, options: DirectoryStorageOptions = {}): LogStorage {
  const root = resolve(folder);
  const { files = machineFiles, takeLock = kernelLock(files) } = options;
  return {
    name: root,
    read: (path) => acting(root, "read", () => files.read(join(root, checkPath(path)))),
    list: (prefix) => listFiles(files, root, prefix),
    lock: () => acting(root, "opened for writing", () => lease(files, root, takeLock)),
  };
}

/** Everything private of a log in a folder (keys, index, evidence) lies beside it, where no file server looks. */
export function privateFolderOf(folder: string): string {
  return `${resolve(folder)}.private`;
}

async function lease(files: FileLayer, root: string, takeLock: TakeLock): Promise<WriterLease> {
  const durable = new DurableFiles(files, root);
  await durable.makeRoot();
  const release = await takeLock(root);
  try {
    await durable.clearTemporary();
  } catch (error) {
    await release();
    throw error;
  }
  const write = (what: string, written: readonly WholeFile[]) =>
    acting(root, `written (${what})`, () => durable.write(written));
  const tree = new TreeFile(files, durable, join(root, TREE_FILE));
  return {
    readTree: () => acting(root, "read", () => tree.read()),
    readStaged: async () => undefined,
    stage: async () => undefined,
    writeTiles: (tiles) =>
      write(
        "tiles",
        tiles.map(({ path, bytes }) => ({ path: join(root, path), bytes })),
      ),
    writeContent: (digest, bytes) => write("content", [{ path: join(root, contentPath(digest)), bytes }]),
    commitTree: (next) => acting(root, `written (${TREE_FILE})`, () => tree.replace(next)),
    writeCheckpoint: (note) => {
      const bytes = new TextEncoder().encode(note);
      return write(CHECKPOINT_FILE, [{ path: join(root, CHECKPOINT_FILE), bytes }]);
    },
    discardBeyond: (size) => acting(root, "cleaned", () => discardBeyond(files, root, size)),
    removePartials: (fullTile) =>
      acting(root, "cleaned", () => removeFolder(files, join(root, `${checkPath(fullTile)}.p`))),
    isHeld: async () => true,
    release,
  };
}

/** The tree state, replaced only where it still is what this writer left: a second net below the lock, for volumes that lie about locks. */
class TreeFile {
  readonly #files: FileLayer;
  readonly #durable: DurableFiles;
  readonly #path: string;
  #last: Uint8Array | undefined;

  constructor(files: FileLayer, durable: DurableFiles, path: string) {
    this.#files = files;
    this.#durable = durable;
    this.#path = path;
  }

  async read(): Promise<TreeState | undefined> {
    this.#last = await this.#files.read(this.#path);
    return this.#last === undefined ? undefined : parseTreeState(this.#last, this.#path);
  }

  async replace(next: TreeState): Promise<void> {
    const found = await this.#files.read(this.#path);
    if (!isSame(found, this.#last)) throw fenced(this.#path);
    const bytes = formatTreeState(next);
    await this.#durable.write([{ path: this.#path, bytes }]);
    this.#last = bytes;
  }
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Buffer.compare(one, other) === 0;
}

function fenced(path: string): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_fenced",
    `${path} was written by somebody else while this process had the ledger`,
    {
      hint: "Two processes write one log, although one has its lock: was .lock removed, or does the volume not keep locks? End both, and verify the log.",
      location: { file: path },
    },
  );
}

async function* listFiles(files: FileLayer, root: string, prefix: string): AsyncIterable<string> {
  // The folder that the prefix names for certain; what it begins besides is filtered.
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  if (folder.split("/").includes("..")) refusePath(prefix);
  const pending = [join(root, folder)];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const parent = at;
    const items = await acting(root, "read", () => files.list(parent));
    for (const { name, kind } of items ?? []) {
      const path = relative(root, join(parent, name)).split(sep).join("/");
      if (kind === "folder" && (path.startsWith(prefix) || prefix.startsWith(`${path}/`))) {
        pending.push(join(parent, name));
      } else if (kind !== "folder" && path.startsWith(prefix)) {
        yield path;
      }
    }
  }
}

/** Paths may come from the network: only what a log has is read. */
function checkPath(path: string): string {
  return servedFile(path) === undefined ? refusePath(path) : path;
}

function refusePath(path: string): never {
  throw new AnchorwatchError(
    "ledger_path_invalid",
    `${JSON.stringify(path.slice(0, 100))} is no path of a log, such as checkpoint, tile/… or content/sha256/…`,
  );
}

async function acting<Result>(root: string, doing: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storageError(root, doing, error);
  }
}
