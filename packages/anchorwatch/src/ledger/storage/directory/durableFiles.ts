/**
 * Files that survive a power cut: written under another name, synced, closed, renamed, and their folder synced. Nothing of this
 * is done twice after a failure: a second fsync may succeed although the first one has lost the bytes.
 */
import { dirname, join } from "node:path";
import { allEnded } from "../allEnded.ts";
import type { FileLayer } from "./fileLayer.ts";

export interface WholeFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Where files are written before they get their names: one folder, so that leftovers of a crash are found without a search. */
export const TEMPORARY_FOLDER = ".tmp";

export interface DurableFilesOptions {
  /** The root is somebody else's, who made it: it is neither made nor made durable in its parent. */
  readonly rootIsGiven?: boolean;
  /** A new name at each call. Numbers, unless told: enough where there is one writer. */
  readonly temporaryName?: () => string;
}

export class DurableFiles {
  readonly #files: FileLayer;
  readonly #root: string;
  readonly #temporaryName: () => string;
  /** Folders that are known to be durable under their parents. */
  readonly #known = new Set<string>();

  /** `root` is an absolute folder; everything lies in it. */
  constructor(files: FileLayer, root: string, options: DurableFilesOptions = {}) {
    this.#files = files;
    this.#root = root;
    let temporaries = 0;
    this.#temporaryName = options.temporaryName ?? (() => String(temporaries++));
    if (options.rootIsGiven === true) this.#known.add(root);
  }

  /** Only the last folder of its path: a wrong path is noticed and not created. */
  makeRoot(): Promise<void> {
    return this.#ensureFolder(this.#root);
  }

  /** Makes the temporary folder, and removes what a crash left in it. Only for the one writer. */
  async clearTemporary(): Promise<void> {
    const temporary = join(this.#root, TEMPORARY_FOLDER);
    await this.#ensureFolder(temporary);
    for (const { name } of (await this.#files.list(temporary)) ?? []) {
      await this.#files.removeFile(join(temporary, name));
    }
  }

  /** Durable when resolved. In parallel; each folder is synced once. When one fails, the others have ended before it rejects. */
  async write(files: readonly WholeFile[]): Promise<void> {
    const folders = [...new Set(files.map(({ path }) => dirname(path)))];
    for (const folder of [join(this.#root, TEMPORARY_FOLDER), ...folders]) await this.#ensureFolder(folder);
    await allEnded(files.map((file) => this.#writeOne(file)));
    await allEnded(folders.map((folder) => this.#files.syncFolder(folder)));
  }

  async #writeOne({ path, bytes }: WholeFile): Promise<void> {
    const temporary = join(this.#root, TEMPORARY_FOLDER, this.#temporaryName());
    try {
      const file = await this.#files.create(temporary);
      try {
        await file.write(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.#files.rename(temporary, path);
    } catch (error) {
      // Else a full disk would be filled further by whoever tries again. The first error is the one to tell.
      await this.#files.removeFile(temporary).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Also a folder that is there already is synced into its parent once: it may be the leftover of a crash between the two.
   */
  async #ensureFolder(folder: string): Promise<void> {
    if (this.#known.has(folder)) return;
    const parent = dirname(folder);
    const isInside = folder !== this.#root && parent !== folder;
    if (isInside) await this.#ensureFolder(parent);
    await this.#files.makeFolder(folder);
    await this.#files.syncFolder(parent);
    this.#known.add(folder);
  }
}
