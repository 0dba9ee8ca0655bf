/** Inclusion proofs of many entries of one log. Neighbours share most of theirs, and what they share is computed once. */
import {
  type Hash,
  type LogClient,
  leafHashRow,
  nodeHashes,
  splitRow,
  TILE_HEIGHT,
  TILE_WIDTH,
  TlogError,
} from "tlog";

export interface Proven {
  /** The hash that the tree has at that index. */
  readonly leaf: Hash;
  readonly proof: readonly Hash[];
}

/** The tree over one full bundle, and the way from its top to the root. */
interface BundleProofs {
  /** The leaf hashes first, and their pairs, and so on; the top is left out. */
  readonly rows: readonly (readonly Hash[])[];
  readonly above: readonly Hash[];
}

export class Prover {
  readonly #client: LogClient;
  readonly #size: number;
  #last: Promise<BundleProofs | undefined> | undefined;
  #lastBundle = -1;

  /** @param size of the checkpoint's tree */
  constructor(client: LogClient, size: number) {
    this.#client = client;
    this.#size = size;
  }

  /** Rejects as `LogClient.inclusionProof` does. */
  async prove(index: number): Promise<Proven> {
    const bundle = Math.floor(index / TILE_WIDTH);
    const isFull = (bundle + 1) * TILE_WIDTH <= this.#size;
    // Two of one bundle in a row: more will follow.
    const isRepeated = bundle === this.#lastBundle;
    this.#lastBundle = bundle;
    if (!isFull || !isRepeated) {
      if (!isRepeated) this.#last = undefined;
      return await this.#client.inclusionProof(index);
    }
    this.#last ??= this.#proofsOf(bundle);
    const shared = await this.#last;
    if (shared === undefined) return await this.#client.inclusionProof(index);
    const { rows, above } = shared;
    const at = index % TILE_WIDTH;
    // In each row the sibling of the hash on the way up.
    const within = rows.map((row, level) => row[Math.floor(at / 2 ** level) ^ 1] as Hash);
    return { leaf: rows[0]?.[at] as Hash, proof: [...within, ...above] };
  }

  /** Undefined where an entry is damaged: the others can still be proven, one by one. */
  async #proofsOf(bundle: number): Promise<BundleProofs | undefined> {
    const first = bundle * TILE_WIDTH;
    const entries: Uint8Array[] = [];
    try {
      for await (const { entry } of this.#client.entries(first, first + TILE_WIDTH)) entries.push(entry);
    } catch (error) {
      if (error instanceof TlogError) return undefined;
      throw error;
    }
    const { proof } = await this.#client.inclusionProof(first);
    const rows: (readonly Hash[])[] = [];
    let row = await leafHashRow(entries);
    for (let level = 0; level < TILE_HEIGHT; level++) {
      rows.push(splitRow(row));
      row = await nodeHashes(row);
    }
    return { rows, above: proof.slice(TILE_HEIGHT) };
  }
}
