/**
 * Which objects hold a string? Every string of every value, by a hash of its bytes: four bytes a string, and a table of
 * about 4 % of the state. A hit is only a hint and is confirmed in the bytes, so nothing is found that is not there.
 */
import type { StateInstance } from "./instance.ts";

/** Longer strings are documents and scripts, no names; they are looked for in every object instead. */
const MAX_LENGTH = 2048;

/** A few strings to a bucket, as states go. */
const BYTES_PER_BUCKET = 128;

export class HolderIndex {
  readonly #bytes: Buffer;
  readonly #instances: readonly StateInstance[];
  /** Numbers of instances, those of one bucket next to each other; where a bucket begins, `starts` says. */
  readonly #entries: Uint32Array;
  readonly #starts: Uint32Array;

  constructor(bytes: Buffer, instances: readonly StateInstance[]) {
    this.#bytes = bytes;
    this.#instances = instances;
    const buckets = 2 ** Math.ceil(Math.log2(bytes.length / BYTES_PER_BUCKET + 16));
    // A counting sort: how many each bucket gets, where it begins, and then the entries in their places.
    const starts = new Uint32Array(buckets + 1);
    this.#eachHash((hash) => {
      const bucket = (hash & (buckets - 1)) + 1;
      starts[bucket] = (starts[bucket] as number) + 1;
    });
    for (let bucket = 1; bucket <= buckets; bucket += 1) {
      starts[bucket] = (starts[bucket] as number) + (starts[bucket - 1] as number);
    }
    const entries = new Uint32Array(starts[buckets] as number);
    const next = starts.slice();
    this.#eachHash((hash, instance) => {
      const bucket = hash & (buckets - 1);
      const at = next[bucket] as number;
      // One object may hold a string many times; its entries come one after the other.
      entries[at] = instance;
      next[bucket] = at + 1;
    });
    this.#entries = entries;
    this.#starts = starts;
  }

  /** Objects that hold one of the strings, in the order of the file. */
  holdersOf(strings: readonly string[]): readonly StateInstance[] {
    const found = new Set<number>();
    for (const text of new Set(strings)) {
      const wanted = Buffer.from(text, "utf8");
      for (const candidate of this.#candidates(wanted)) {
        if (!found.has(candidate) && this.#holds(candidate, text, wanted)) found.add(candidate);
      }
    }
    return [...found].sort((a, b) => a - b).map((index) => this.#instances[index] as StateInstance);
  }

  #candidates(wanted: Buffer): Iterable<number> {
    if (wanted.length > MAX_LENGTH) return this.#instances.keys();
    const bucket = hashOf(wanted, 0, wanted.length) & (this.#starts.length - 2);
    return new Set(this.#entries.subarray(this.#starts[bucket], this.#starts[bucket + 1]));
  }

  #holds(index: number, text: string, wanted: Buffer): boolean {
    let holds = false;
    (this.#instances[index] as StateInstance).eachString((start, end, escaped) => {
      if (holds) return;
      if (escaped) holds = decoded(this.#bytes, start, end) === text;
      else if (end - start - 2 === wanted.length) {
        holds = wanted.compare(this.#bytes, start + 1, end - 1) === 0;
      }
    });
    return holds;
  }

  #eachHash(entry: (hash: number, instance: number) => void): void {
    const bytes = this.#bytes;
    for (const [index, instance] of this.#instances.entries()) {
      instance.eachString((start, end, escaped) => {
        if (end - start - 2 > MAX_LENGTH * 6) return;
        if (!escaped) {
          if (end - start - 2 <= MAX_LENGTH) entry(hashOf(bytes, start + 1, end - 1), index);
          return;
        }
        const text = Buffer.from(decoded(bytes, start, end), "utf8");
        if (text.length <= MAX_LENGTH) entry(hashOf(text, 0, text.length), index);
      });
    }
  }
}

function decoded(bytes: Buffer, start: number, end: number): string {
  return JSON.parse(bytes.toString("utf8", start, end)) as string;
}

/** FNV-1a, 32 bits, folded so that its low bits depend on all. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
