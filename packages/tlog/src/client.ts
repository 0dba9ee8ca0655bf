/** Reads any log of C2SP tlog-tiles and believes nothing: all that it returns was checked against a checkpoint. */

import { TlogError } from "./errors.ts";
import { proveGrowth } from "./growth.ts";
import { type Hash, leafHash } from "./hash.ts";
import { type LogCheckpoint, openTrusted, readCheckpoint, rolledBack, type Trust } from "./logCheckpoint.ts";
import { checkCount } from "./number.ts";
import { consistencyProof, inclusionProof, treeRoot, verifyInclusion } from "./proof.ts";
import { readAhead } from "./readAhead.ts";
import type { LogSource } from "./source.ts";
import { TILE_WIDTH } from "./tile.ts";
import { VerifiedTiles } from "./verifiedTiles.ts";

export interface LogClientOptions extends Trust {
  /** How many full tiles of 8 KiB are kept; 256 unless told. */
  readonly cachedTiles?: number;
  /** Ends all reading. */
  readonly signal?: AbortSignal;
}

export interface LogEntry {
  readonly index: number;
  readonly entry: Uint8Array;
}

/** An entry with all that is needed to believe it without the log. */
export interface ProvenEntry extends LogEntry {
  readonly leaf: Hash;
  readonly proof: readonly Hash[];
  readonly checkpoint: LogCheckpoint;
}

export interface ProvenInclusion {
  readonly index: number;
  readonly size: number;
  /** The leaf hash that the tree has at that index. */
  readonly leaf: Hash;
  readonly proof: readonly Hash[];
  /** Root of the tree of `size` entries. Signed only when that is the size of the checkpoint. */
  readonly root: Hash;
  readonly checkpoint: LogCheckpoint;
}

export interface ProvenConsistency {
  readonly older: LogCheckpoint;
  readonly newer: LogCheckpoint;
  /** Empty when the sizes are equal or the older one is zero. */
  readonly proof: readonly Hash[];
}

/** A checkpoint that was accepted, and the tiles under it. */
interface KnownLog {
  readonly checkpoint: LogCheckpoint;
  readonly tiles: VerifiedTiles;
}

/** Bundles that are read while earlier ones are worked on. One may have 16 MiB. */
const BUNDLES_AHEAD = 3;
const CACHED_TILES = 256;

/**
 * A log and the largest checkpoint of it that was seen. Everything speaks of that checkpoint until `checkpoint()` reads a newer one,
 * which must be consistent with it. Rejections: `log_*`, `source_*`, and those of the formats.
 */
export class LogClient {
  readonly source: LogSource;
  readonly #trust: Trust;
  readonly #cachedTiles: number;
  readonly #signal: AbortSignal | undefined;
  #known: KnownLog | undefined;
  /** Two new checkpoints must each be compared with the other, so they are taken one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(source: LogSource, options: LogClientOptions = {}) {
    this.source = source;
    this.#trust = options;
    this.#cachedTiles = options.cachedTiles ?? CACHED_TILES;
    this.#signal = options.signal;
  }

  /**
   * Reads the newest checkpoint, and makes sure that its tree begins with the one that was known before. One that is smaller but of
   * the same history, from a slow cache, is not taken: the larger one is returned. Rejects with `log_forked` or `log_rolled_back`.
   */
  async checkpoint(): Promise<LogCheckpoint> {
    const { checkpoint } = await this.#inTurn(() => this.#readNewest());
    return checkpoint;
  }

  /**
   * The entries from one index to before another, in order, each one verified. To the end of the checkpoint's tree unless told. All
   * before a damaged one are given; then it rejects with `log_corrupt` and the damaged one's file, index and byte.
   */
  async *entries(from = 0, to?: number): AsyncGenerator<LogEntry> {
    const { checkpoint, tiles } = await this.#current();
    const end = checkRange(from, to ?? checkpoint.checkpoint.size, checkpoint.checkpoint.size);
    const bundles = readAhead(
      bundleIndexes(from, end),
      async (bundle) => ({ bundle, ...(await tiles.entries(bundle)) }),
      () => BUNDLES_AHEAD,
    );
    for await (const { bundle, entries, fault } of bundles) {
      const first = bundle * TILE_WIDTH;
      for (const [at, entry] of entries.entries()) {
        const index = first + at;
        if (index < from || index >= end) continue;
        if (entry === undefined) throw fault as TlogError;
        yield { index, entry };
      }
      // Damage before the first entry that was asked for is not the caller's concern; what follows the last one may be.
      const isAfter = (fault?.location.index ?? end) >= from;
      if (fault !== undefined && isAfter && end >= first + entries.length) throw fault;
    }
  }

  /**
   * One entry and its proof. Rejects with `proof_range_invalid` when the checkpoint's tree does not have it, and with `log_corrupt`
   * when it is damaged; damage beside it in the same file does no harm.
   */
  async entry(index: number): Promise<ProvenEntry> {
    const { leaf, proof, size, root, checkpoint } = await this.inclusionProof(index);
    const { tiles } = await this.#current();
    const { entries, fault } = await tiles.entries(Math.floor(index / TILE_WIDTH));
    const entry = entries[index % TILE_WIDTH]?.slice();
    if (entry === undefined) throw fault as TlogError;
    await verifyInclusion({ index, size, leaf: await leafHash(entry), proof, root });
    return { index, entry, leaf, proof, checkpoint };
  }

  /** The proof that an entry is in the tree of that size, at most the checkpoint's, which it is unless told. */
  async inclusionProof(index: number, size?: number): Promise<ProvenInclusion> {
    const { checkpoint, tiles } = await this.#current();
    const within = checkSize(size ?? checkpoint.checkpoint.size, checkpoint.checkpoint.size);
    const proof = await inclusionProof(index, within, tiles.nodes);
    const [[leaf], root] = await Promise.all([
      tiles.nodes([{ level: 0, index }]),
      treeRoot(within, tiles.nodes),
    ]);
    return { index, size: within, leaf: leaf as Hash, proof, root, checkpoint };
  }

  /**
   * The proof that the log begins with the tree of an older checkpoint of it, a signed note that must be as trustworthy as the log's
   * own. Rejects with `log_forked` or `log_rolled_back`; both checkpoints are in the error's `evidence`.
   */
  async consistency(older: Uint8Array | string): Promise<ProvenConsistency> {
    const opened = await openTrusted(older, this.#trust);
    const { checkpoint, tiles } = await this.#current();
    const proof = await proveGrowth(opened, checkpoint, tiles);
    return { older: opened, newer: checkpoint, proof };
  }

  /** The proof between two sizes of the log, at most the checkpoint's: what a witness wants to see. Empty from zero. */
  async consistencyProof(older: number, newer?: number): Promise<readonly Hash[]> {
    const { checkpoint, tiles } = await this.#current();
    const within = checkSize(newer ?? checkpoint.checkpoint.size, checkpoint.checkpoint.size);
    return older === 0 ? [] : consistencyProof(older, within, tiles.nodes);
  }

  async #current(): Promise<KnownLog> {
    return this.#known ?? this.#inTurn(async () => this.#known ?? this.#readNewest());
  }

  async #readNewest(): Promise<KnownLog> {
    const read = await readCheckpoint(this.source, this.#trust, this.#signal);
    this.#known = await this.#compare(this.#known, read);
    return this.#known;
  }

  async #compare(known: KnownLog | undefined, read: LogCheckpoint): Promise<KnownLog> {
    if (known === undefined) return { checkpoint: read, tiles: this.#tilesOf(read) };
    const [before, now] = [known.checkpoint.checkpoint.size, read.checkpoint.size];
    if (now < before) {
      // Read again, not out of the cache: what matters is whether the newest entries are still there.
      await proveGrowth(read, known.checkpoint, this.#tilesOf(known.checkpoint)).catch((cause: unknown) => {
        throw isGone(cause) ? rolledBack(known.checkpoint, read, cause) : cause;
      });
      return known;
    }
    const tiles = now === before ? known.tiles : this.#tilesOf(read);
    await proveGrowth(known.checkpoint, read, tiles);
    return { checkpoint: read, tiles };
  }

  #tilesOf({ checkpoint }: LogCheckpoint): VerifiedTiles {
    return new VerifiedTiles(this.source, checkpoint, this.#cachedTiles, this.#signal);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    // The next one's turn comes also after a failure, which this one's caller gets.
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function* bundleIndexes(from: number, end: number): Iterable<number> {
  for (let bundle = Math.floor(from / TILE_WIDTH); bundle * TILE_WIDTH < end; bundle++) yield bundle;
}

function checkRange(from: number, to: number, size: number): number {
  checkCount(from, "the first index");
  if (checkCount(to, "the index after the last") <= size && from <= to) return to;
  throw new TlogError(
    "proof_range_invalid",
    `there are no entries from ${from} to before ${to} in a tree of ${size}`,
  );
}

function checkSize(size: number, largest: number): number {
  if (checkCount(size, "the size of the tree") <= largest) return size;
  throw new TlogError(
    "proof_range_invalid",
    `the log has ${largest} entries; a tree of ${size} is not known yet`,
  );
}

function isGone(error: unknown): boolean {
  return error instanceof TlogError && /^log_(?:file_missing|root_mismatch|corrupt)$/.test(error.code);
}
