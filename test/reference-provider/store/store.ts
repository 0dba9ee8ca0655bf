/** The store: the file in memory, read again whenever somebody else wrote it, written whole and at once. */
import { type BigIntStats, readFileSync, statSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { formatContent, parseContent, type StoreContent } from "./content.ts";
import { withLock } from "./lock.ts";

/** The cloud at one moment. `cache` belongs to this moment and is thrown away with it. */
export interface Snapshot {
  readonly content: StoreContent;
  readonly cache: Map<string, Uint8Array>;
}

interface Change {
  readonly run: (content: StoreContent) => void;
  readonly done: (error?: unknown) => void;
}

export class Store {
  readonly path: string;
  #snapshot: Snapshot | undefined;
  /** Which file the snapshot was read from; a file that was renamed into place is another. */
  #identity = "";
  #waiting: Change[] = [];
  #writing = false;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * What the file holds now; a missing file is an empty cloud. Asking the file system each time costs microseconds,
   * and an edit is seen by the very next read.
   * @throws ReferenceProviderError `store_invalid`
   */
  snapshot(): Snapshot {
    const identity = identityOf(this.path);
    if (this.#snapshot === undefined || identity !== this.#identity) {
      const content =
        identity === "" ? { resources: {} } : parseContent(readFileSync(this.path, "utf8"), this.path);
      this.#snapshot = { content, cache: new Map() };
      this.#identity = identity;
    }
    return this.#snapshot;
  }

  /**
   * Changes the cloud; resolves when the file holds the change. `change` must throw before it changes anything.
   * Changes that come in while the file is being written are written together.
   */
  change<T>(change: (content: StoreContent) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let result: T;
      const run = (content: StoreContent) => {
        result = change(content);
      };
      const done = (error?: unknown) => (error === undefined ? resolve(result) : reject(error as Error));
      this.#waiting.push({ run, done });
      if (!this.#writing) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await withLock(this.path, () => this.#write(batch));
      } catch (error) {
        // What is in memory was never written: the file counts.
        this.#snapshot = undefined;
        for (const { done } of batch) done(error);
      }
    }
    this.#writing = false;
  }

  async #write(batch: readonly Change[]): Promise<void> {
    const { content } = this.snapshot();
    const succeeded = batch.filter(({ run, done }) => {
      try {
        run(content);
        return true;
      } catch (error) {
        done(error);
        return false;
      }
    });
    if (succeeded.length === 0) return;
    const temporary = `${this.path}.${process.pid}.tmp`;
    await writeFile(temporary, formatContent(content));
    await rename(temporary, this.path);
    this.#identity = identityOf(this.path);
    this.#snapshot = { content, cache: new Map() };
    for (const { done } of succeeded) done();
  }
}

function identityOf(path: string): string {
  const stat: BigIntStats | undefined = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
}
