/** Roots and proofs, made from the hashes of complete subtrees, and their verification, which needs nothing but the proof. */

import { TlogError } from "./errors.ts";
import { checkHash, emptyRoot, type Hash, nodeHash, sameBytes } from "./hash.ts";
import { consistencyNodes, inclusionNodes, type NodeId, rootNodes } from "./tree.ts";

/** Gives the hashes of complete subtrees, in the order asked for. All ids lie inside the tree that the caller names. */
export type NodeReader = (ids: readonly NodeId[]) => Promise<readonly Hash[]>;

/** The root hash of the first `size` entries. */
export async function treeRoot(size: number, nodes: NodeReader): Promise<Hash> {
  const ids = rootNodes(size);
  if (ids.length === 0) return emptyRoot();
  const [root] = await foldGroups([ids], nodes);
  return root as Hash;
}

/** The proof that entry `index` is in the tree of `size` entries: at most 53 hashes, the leaf's sibling first. */
export async function inclusionProof(
  index: number,
  size: number,
  nodes: NodeReader,
): Promise<readonly Hash[]> {
  return foldGroups(inclusionNodes(index, size), nodes);
}

/** The proof that the tree of `newer` entries begins with the tree of `older` entries. Empty when the sizes are equal. */
export async function consistencyProof(
  older: number,
  newer: number,
  nodes: NodeReader,
): Promise<readonly Hash[]> {
  return foldGroups(consistencyNodes(older, newer), nodes);
}

/**
 * Resolves when the proof shows that the leaf is entry `index` of the tree with that size and root (RFC 9162, 2.1.3.2).
 * Rejects with `proof_range_invalid`, `proof_length_mismatch`, `proof_hash_mismatch`, `hash_invalid` or `number_out_of_range`.
 */
export async function verifyInclusion(given: {
  readonly index: number;
  readonly size: number;
  readonly leaf: Hash;
  readonly proof: readonly Hash[];
  readonly root: Hash;
}): Promise<void> {
  const { index, size, proof } = given;
  const what = `the inclusion proof of entry ${index} in ${size}`;
  checkLength(proof, inclusionNodes(index, size).length, what);
  let hash = checkHash(given.leaf, "the leaf hash");
  let [position, last] = [index, size - 1];
  for (const sibling of proof) {
    if (isOdd(position) || position === last) {
      hash = await nodeHash(sibling, hash);
      while (!isOdd(position) && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  if (sameBytes(hash, checkHash(given.root, "the root hash"))) return;
  throw new TlogError(
    "proof_hash_mismatch",
    `${what} leads to another root hash: the entry, the proof or the root is not what the log published`,
    { location: { index } },
  );
}

/**
 * Resolves when the proof shows that the newer tree begins with the older one (RFC 9162, 2.1.4.2).
 * Rejects with the codes of `verifyInclusion`; an older size of zero is `proof_range_invalid`.
 */
export async function verifyConsistency(given: {
  readonly older: number;
  readonly newer: number;
  readonly olderRoot: Hash;
  readonly newerRoot: Hash;
  readonly proof: readonly Hash[];
}): Promise<void> {
  const { older, newer, proof } = given;
  const what = `the consistency proof from ${older} to ${newer} entries`;
  checkLength(proof, consistencyNodes(older, newer).length, what);
  const olderRoot = checkHash(given.olderRoot, "the older root hash");
  const newerRoot = checkHash(given.newerRoot, "the newer root hash");
  const [olderHash, newerHash] = await foldConsistency(older, newer, olderRoot, proof);
  if (sameBytes(olderHash, olderRoot) && sameBytes(newerHash, newerRoot)) return;
  throw new TlogError(
    "proof_hash_mismatch",
    `${what} does not lead to the two root hashes: the newer tree does not begin with the older one, or the proof is not the log's`,
  );
}

/** The two roots that the proof leads to. */
async function foldConsistency(
  older: number,
  newer: number,
  olderRoot: Hash,
  proof: readonly Hash[],
): Promise<readonly [Hash, Hash]> {
  // The length was checked: without hashes the sizes are equal, and so must the roots be.
  if (proof.length === 0) return [olderRoot, olderRoot];
  let [position, last] = [older - 1, newer - 1];
  while (isOdd(position)) [position, last] = [half(position), half(last)];
  // At a power of two the older tree is itself a node of the newer one, and the verifier has that hash.
  const path = position === 0 ? [olderRoot, ...proof] : proof;
  const [first, ...rest] = path;
  let olderHash = checkHash(first as Hash, "the first hash of the proof");
  let newerHash = olderHash;
  for (const sibling of rest) {
    if (isOdd(position) || position === last) {
      olderHash = await nodeHash(sibling, olderHash);
      newerHash = await nodeHash(sibling, newerHash);
      while (!isOdd(position) && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      newerHash = await nodeHash(newerHash, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return [olderHash, newerHash];
}

/** Each group becomes one hash. All nodes are asked for at once. */
async function foldGroups(
  groups: readonly (readonly NodeId[])[],
  nodes: NodeReader,
): Promise<readonly Hash[]> {
  const ids = groups.flat();
  const hashes = ids.length === 0 ? [] : await nodes(ids);
  if (hashes.length !== ids.length) {
    throw new TlogError(
      "node_missing",
      `${ids.length} tree hashes were asked for and ${hashes.length} given`,
    );
  }
  const folded: Hash[] = [];
  let at = 0;
  for (const group of groups) {
    folded.push(await foldRight(hashes.slice(at, at + group.length)));
    at += group.length;
  }
  return folded;
}

async function foldRight(hashes: readonly Hash[]): Promise<Hash> {
  let folded = checkHash(hashes.at(-1) ?? new Uint8Array(), "a tree hash");
  for (let index = hashes.length - 2; index >= 0; index--) {
    folded = await nodeHash(hashes[index] as Hash, folded);
  }
  return folded;
}

function checkLength(proof: readonly Hash[], expected: number, what: string): void {
  if (proof.length === expected) return;
  throw new TlogError(
    "proof_length_mismatch",
    `${what} has ${proof.length} hashes; it must have ${expected}`,
  );
}

// Positions go beyond 32 bits, where JavaScript's bit operators end.
function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}
