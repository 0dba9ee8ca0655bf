import { encodeBundle } from "./bundle.ts";
import { formatCheckpoint } from "./checkpoint.ts";
import { type Hash, leafHashRow } from "./hash.ts";
import type { Signer } from "./key.ts";
import { formatNote, signNote } from "./note.ts";
import { treeRoot } from "./proof.ts";
import { testSigner } from "./signer.fixture.ts";
import type { LogSource } from "./source.ts";
import { TILE_WIDTH, tilePath, tilesOf } from "./tile.ts";
import { memoryTree } from "./tree.fixture.ts";

export const ORIGIN = "example.com/memory-log";

/** A log whose files lie in a map. Every published size leaves its partial tiles behind, as logs do. */
export class MemoryLog {
  readonly files = new Map<string, Uint8Array>();
  readonly entries: Uint8Array[] = [];
  readonly signer: Signer;
  readonly origin: string;

  private constructor(signer: Signer, origin: string) {
    this.signer = signer;
    this.origin = origin;
  }

  /** Sizes are published one after the other. */
  static async publish(
    sizes: readonly number[],
    entryAt: (index: number) => Uint8Array = memoryEntry,
    origin = ORIGIN,
  ): Promise<MemoryLog> {
    const log = new MemoryLog(await testSigner(origin), origin);
    for (const size of sizes) await log.grow(size, entryAt);
    return log;
  }

  /** Adds entries up to the size and publishes its checkpoint, which is returned. */
  async grow(size: number, entryAt: (index: number) => Uint8Array = memoryEntry): Promise<string> {
    while (this.entries.length < size) this.entries.push(entryAt(this.entries.length));
    const tree = await memoryTree(this.entries);
    const row = await leafHashRow(this.entries);
    for (const tile of tilesOf(size)) {
      const from = tile.index * TILE_WIDTH;
      if (tile.level === "entries") {
        this.files.set(tilePath(tile), encodeBundle(this.entries.slice(from, from + tile.width)));
      } else if (tile.level === 0) {
        this.files.set(tilePath(tile), row.slice(from * 32, (from + tile.width) * 32));
      } else {
        const level = 8 * tile.level;
        const ids = Array.from({ length: tile.width }, (_, at) => ({ level, index: from + at }));
        this.files.set(tilePath(tile), Uint8Array.from((await tree.nodes(ids)).flatMap((hash) => [...hash])));
      }
    }
    return this.sign(size, await treeRoot(size, tree.nodes));
  }

  /** Publishes whatever checkpoint. */
  async sign(size: number, root: Hash): Promise<string> {
    const text = formatCheckpoint({ origin: this.origin, size, root, extensions: [] });
    const note = formatNote(await signNote(text, [this.signer]));
    this.files.set("checkpoint", new TextEncoder().encode(note));
    return note;
  }

  get checkpoint(): string {
    return new TextDecoder().decode(this.files.get("checkpoint"));
  }

  get size(): number {
    return this.entries.length;
  }

  /** Removes partial tiles for which there is a full one, as a log may. */
  collectPartials(): void {
    for (const path of this.files.keys()) {
      const full = path.replace(/\.p\/[0-9]+$/, "");
      if (full !== path && this.files.has(full)) this.files.delete(path);
    }
  }

  /** The same files in another map. */
  copy(): MemoryLog {
    const copy = new MemoryLog(this.signer, this.origin);
    for (const [path, bytes] of this.files) copy.files.set(path, bytes.slice());
    copy.entries.push(...this.entries);
    return copy;
  }

  source(name = "the test's log"): CountedSource {
    const reads: string[] = [];
    const { files } = this;
    return {
      name,
      reads,
      read: async (path) => {
        reads.push(path);
        return files.get(path);
      },
      async *list(prefix: string) {
        for (const path of files.keys()) if (path.startsWith(prefix)) yield path;
      },
    };
  }
}

export interface CountedSource extends LogSource {
  /** Every path that was asked for. */
  readonly reads: string[];
}

/** Entries of several lengths, none of them equal. */
export function memoryEntry(index: number): Uint8Array {
  return new TextEncoder().encode(`entry ${index} ${"+".repeat(index % 7)}`);
}

/** A history that parts from `memoryEntry`'s at an index. */
export function otherHistoryFrom(first: number): (index: number) => Uint8Array {
  return (index) => (index < first ? memoryEntry(index) : new TextEncoder().encode(`another entry ${index}`));
}
