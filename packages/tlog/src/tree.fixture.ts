import { createHash } from "node:crypto";
import { type Hash, leafHashRow, nodeHashes, splitRow } from "./hash.ts";
import type { NodeReader } from "./proof.ts";

/** A whole tree in memory, for tests: serves the nodes of every tree up to its size. */
export interface MemoryTree {
  readonly leaves: readonly Hash[];
  readonly nodes: NodeReader;
}

/** The entries of the tests' trees: short, different, one of them empty. */
export function testEntries(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) =>
    new TextEncoder().encode(index === 3 ? "" : `entry ${index}`),
  );
}

export async function memoryTree(entries: readonly Uint8Array[]): Promise<MemoryTree> {
  const levels: Hash[][] = [];
  for (let row = await leafHashRow(entries); row.length > 0; row = await nodeHashes(evenPart(row))) {
    levels.push(splitRow(row));
  }
  return {
    leaves: levels[0] ?? [],
    nodes: async (ids) =>
      ids.map(({ level, index }) => {
        const hash = levels[level]?.[index];
        if (hash === undefined) throw new RangeError(`the test's tree has no node ${level}/${index}`);
        return hash;
      }),
  };
}

function evenPart(row: Uint8Array): Uint8Array {
  return row.subarray(0, row.length - (row.length % 64));
}

// RFC 6962, section 2.1, word for word and with another way of hashing: what the package's arithmetic is compared with.

export function naiveRoot(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0] as Hash;
  const k = split(leaves.length);
  return sha256(Uint8Array.of(1), naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

export function naivePath(index: number, leaves: readonly Hash[]): Hash[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...naivePath(index, leaves.slice(0, k)), naiveRoot(leaves.slice(k))]
    : [...naivePath(index - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
}

export function naiveProof(older: number, leaves: readonly Hash[], whole = true): Hash[] {
  if (older === leaves.length) return whole ? [] : [naiveRoot(leaves)];
  const k = split(leaves.length);
  return older <= k
    ? [...naiveProof(older, leaves.slice(0, k), whole), naiveRoot(leaves.slice(k))]
    : [...naiveProof(older - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))];
}

export function naiveLeaf(entry: Uint8Array): Hash {
  return sha256(Uint8Array.of(0), entry);
}

function split(count: number): number {
  let k = 1;
  while (2 * k < count) k *= 2;
  return k;
}

function sha256(...parts: readonly Uint8Array[]): Hash {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
