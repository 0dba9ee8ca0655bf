/** Which ids are in the log or on their way: the index for what is written, and memory for what it does not have (yet). */
import type { IdIndex } from "./idIndex.ts";

export interface WrittenEntry {
  readonly id: string;
  readonly index: number;
  readonly bytes: Uint8Array;
}

export class KnownIds {
  readonly #index: IdIndex;
  readonly #onIndexFailed: (error: unknown) => void;
  readonly #expected = new Map<string, Promise<number>>();
  /** The index has missed a batch: later ones cannot be added to it before it is opened anew. */
  #indexFailed = false;

  constructor(index: IdIndex, onIndexFailed: (error: unknown) => void) {
    this.#index = index;
    this.#onIndexFailed = onIndexFailed;
  }

  /** Undefined: nobody has appended that id. */
  find(id: string): Promise<number> | number | undefined {
    return this.#expected.get(id) ?? this.#index.indexOf(id);
  }

  /** Remembers it while it is being written. What fails is forgotten by the writer's end: it accepts nothing afterwards. */
  expect(id: string, written: Promise<number>): void {
    this.#expected.set(id, written);
  }

  /** They are in the log for good. A failing index stops nothing: it is derived, and memory answers for it meanwhile. */
  add(entries: readonly WrittenEntry[], root: string): void {
    if (this.#indexFailed) return;
    try {
      this.#index.add(entries, root);
    } catch (error) {
      this.#indexFailed = true;
      this.#onIndexFailed(error);
    }
  }

  /** They are acknowledged: from now on the index answers for them, unless it failed. */
  settle(entries: readonly { readonly id: string }[]): void {
    if (this.#indexFailed) return;
    for (const { id } of entries) this.#expected.delete(id);
  }
}
