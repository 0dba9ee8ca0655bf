/** What must hold for every proof. The tests take small sizes; `everyProofHolds(1025)` is for the long run. */

import { TlogError } from "./errors.ts";
import { type Hash, splitRow } from "./hash.ts";
import { consistencyProof, inclusionProof, treeRoot, verifyConsistency, verifyInclusion } from "./proof.ts";
import { type MemoryTree, memoryTree, testEntries } from "./tree.fixture.ts";

/** All inclusion and consistency proofs of all sizes up to that one verify. Resolves to how many there were. */
export async function everyProofHolds(upTo: number): Promise<number> {
  const tree = await memoryTree(testEntries(upTo));
  let count = 0;
  for (let size = 1; size <= upTo; size++) {
    for (let index = 0; index < size; index++) {
      await verifyInclusion(await inclusionCase(tree, index, size));
      await verifyConsistency(await consistencyCase(tree, index + 1, size));
      count += 2;
    }
  }
  return count;
}

/** One changed bit in any hash of a proof, in the leaf or in a root is refused. Resolves to how many were tried. */
export async function everyMutationIsRefused(upTo: number): Promise<number> {
  const tree = await memoryTree(testEntries(upTo));
  let count = 0;
  for (let size = 1; size <= upTo; size++) {
    for (let index = 0; index < size; index++) {
      count += await refusesMutationsOf(tree, index, size);
    }
  }
  return count;
}

/** The proofs of one entry, and from that many entries, with each of their hashes changed. */
export async function refusesMutationsOf(tree: MemoryTree, index: number, size: number): Promise<number> {
  const inclusion = await inclusionCase(tree, index, size);
  const consistency = await consistencyCase(tree, index + 1, size);
  const attempts = [
    ...mutations(inclusion.proof).map((proof) => verifyInclusion({ ...inclusion, proof })),
    verifyInclusion({ ...inclusion, leaf: flipped(inclusion.leaf, index) }),
    verifyInclusion({ ...inclusion, root: flipped(inclusion.root, index) }),
    ...mutations(consistency.proof).map((proof) => verifyConsistency({ ...consistency, proof })),
    verifyConsistency({ ...consistency, olderRoot: flipped(consistency.olderRoot, index) }),
    verifyConsistency({ ...consistency, newerRoot: flipped(consistency.newerRoot, index) }),
  ];
  for (const { status, reason } of (await Promise.allSettled(attempts)) as PromiseRejectedResult[]) {
    if (status !== "rejected") throw new RangeError(`a changed proof of ${index} in ${size} was believed`);
    if (!(reason instanceof TlogError) || reason.code !== "proof_hash_mismatch") throw reason;
  }
  return attempts.length;
}

export async function inclusionCase(tree: MemoryTree, index: number, size: number) {
  return {
    index,
    size,
    leaf: tree.leaves[index] as Hash,
    proof: await inclusionProof(index, size, tree.nodes),
    root: await treeRoot(size, tree.nodes),
  };
}

export async function consistencyCase(tree: MemoryTree, older: number, newer: number) {
  return {
    older,
    newer,
    olderRoot: await treeRoot(older, tree.nodes),
    newerRoot: await treeRoot(newer, tree.nodes),
    proof: await consistencyProof(older, newer, tree.nodes),
  };
}

/** The proof, each time with one of its hashes changed by one bit. */
function mutations(proof: readonly Hash[]): readonly (readonly Hash[])[] {
  return proof.map((hash, at) => proof.with(at, flipped(hash, at)));
}

function flipped(hash: Hash, seed: number): Hash {
  const [copy] = splitRow(hash.slice()) as [Hash];
  const bit = (seed * 37) % 256;
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
}
