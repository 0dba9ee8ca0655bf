import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refused } from "./errors.fixture.ts";
import { emptyRoot, type Hash } from "./hash.ts";
import { consistencyProof, inclusionProof, treeRoot, verifyConsistency, verifyInclusion } from "./proof.ts";
import { consistencyCase, inclusionCase, refusesMutationsOf } from "./proofLaws.fixture.ts";
import { memoryTree, naiveLeaf, naivePath, naiveProof, naiveRoot, testEntries } from "./tree.fixture.ts";

const entries = testEntries(1025);
const tree = await memoryTree(entries);

describe("made like the standard says it", () => {
  const leaves = entries.map(naiveLeaf);

  test("leaf hashes are those of another implementation", () => {
    expect(tree.leaves).toEqual(leaves);
  });

  test("roots of small trees and around powers of two are those of the standard's recursion", async () => {
    expect(await treeRoot(0, tree.nodes)).toEqual(emptyRoot());
    const sizes = [...Array(70).keys(), 127, 128, 129, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025];
    for (const size of sizes) {
      expect(await treeRoot(size, tree.nodes)).toEqual(naiveRoot(leaves.slice(0, size)));
    }
  });

  test("so are all proofs of small trees", async () => {
    for (let size = 1; size <= 34; size++) {
      for (let index = 0; index < size; index++) {
        const part = leaves.slice(0, size);
        expect(await inclusionProof(index, size, tree.nodes)).toEqual(naivePath(index, part));
        expect(await consistencyProof(index + 1, size, tree.nodes)).toEqual(naiveProof(index + 1, part));
      }
    }
  });
});

test("sampled proofs of large trees verify, and no changed one", async () => {
  const sizes = [65_535, 65_536, 65_537, 70_000];
  const large = await memoryTree(testEntries(70_000));
  const samples = fc.sample(fc.tuple(fc.constantFrom(...sizes), fc.nat()), { numRuns: 1000, seed: 7 });
  const edges = sizes.flatMap((size) =>
    [0, 1, 32_767, 65_533, 65_534, size - 1].map((at) => [size, at] as const),
  );
  for (const [size, place] of [...samples, ...edges]) {
    await verifyInclusion(await inclusionCase(large, place % size, size));
    await verifyConsistency(await consistencyCase(large, (place % size) + 1, size));
  }
  for (const [size, place] of edges) await refusesMutationsOf(large, place, size);
});

describe("what is no proof", () => {
  test("an index that is not below the size has none", async () => {
    await refused("proof_range_invalid", () => inclusionProof(8, 8, tree.nodes));
    await refused("proof_range_invalid", () => inclusionProof(0, 0, tree.nodes));
    const given = await inclusionCase(tree, 7, 8);
    await refused("proof_range_invalid", () => verifyInclusion({ ...given, index: 8 }));
  });

  test("from the empty tree, and from a larger to a smaller one, there is none", async () => {
    await refused("proof_range_invalid", () => consistencyProof(0, 8, tree.nodes));
    await refused("proof_range_invalid", () => consistencyProof(0, 0, tree.nodes));
    await refused("proof_range_invalid", () => consistencyProof(9, 8, tree.nodes));
    const given = await consistencyCase(tree, 5, 8);
    await refused("proof_range_invalid", () =>
      verifyConsistency({ ...given, older: 0, olderRoot: emptyRoot() }),
    );
    await refused("proof_range_invalid", () => verifyConsistency({ ...given, older: 9 }));
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53, 2 ** 64, Number.POSITIVE_INFINITY])(
    "%d is neither index nor size",
    async (number) => {
      const inclusion = await inclusionCase(tree, 2, 8);
      const consistency = await consistencyCase(tree, 2, 8);
      await refused("number_out_of_range", () => treeRoot(number, tree.nodes));
      await refused("number_out_of_range", () => verifyInclusion({ ...inclusion, index: number }));
      await refused("number_out_of_range", () => verifyInclusion({ ...inclusion, size: number }));
      await refused("number_out_of_range", () => verifyConsistency({ ...consistency, older: number }));
      await refused("number_out_of_range", () => verifyConsistency({ ...consistency, newer: number }));
    },
  );

  test("a missing, an additional and a cut hash are refused", async () => {
    const inclusion = await inclusionCase(tree, 2, 8);
    const [first, ...rest] = inclusion.proof as [Hash, ...Hash[]];
    await refused("proof_length_mismatch", () => verifyInclusion({ ...inclusion, proof: rest }));
    await refused("proof_length_mismatch", () =>
      verifyInclusion({ ...inclusion, proof: [first, ...inclusion.proof] }),
    );
    const cut = [first.subarray(1), ...rest];
    await refused("hash_invalid", () => verifyInclusion({ ...inclusion, proof: cut }));
    await refused("hash_invalid", () => verifyInclusion({ ...inclusion, leaf: first.subarray(1) }));
    await refused("hash_invalid", () => verifyInclusion({ ...inclusion, root: first.subarray(1) }));
    const consistency = await consistencyCase(tree, 6, 8);
    const cutConsistency = [first.subarray(1), ...consistency.proof.slice(1)];
    await refused("hash_invalid", () => verifyConsistency({ ...consistency, proof: cutConsistency }));
    await refused("hash_invalid", () => verifyConsistency({ ...consistency, olderRoot: new Uint8Array() }));
    await refused("hash_invalid", () => verifyConsistency({ ...consistency, newerRoot: new Uint8Array() }));
  });

  test("equal sizes with different roots are refused", async () => {
    const given = await consistencyCase(tree, 6, 6);
    const { newerRoot: other } = await consistencyCase(tree, 6, 7);
    await refused("proof_hash_mismatch", () => verifyConsistency({ ...given, newerRoot: other }));
    await refused("proof_hash_mismatch", () => verifyConsistency({ ...given, olderRoot: other }));
  });

  test("a proof for another size or entry is refused, and the error names the entry", async () => {
    const given = await inclusionCase(tree, 2, 8);
    const error = await refused("proof_hash_mismatch", () => verifyInclusion({ ...given, index: 3 }));
    expect(error.location).toEqual({ index: 3 });
    expect(error.message).toContain("entry 3 in 8");
    await refused("proof_length_mismatch", () => verifyInclusion({ ...given, size: 16 }));
  });
});

test("a source that gives too few hashes, or no hashes, is found out", async () => {
  await refused("node_missing", () => treeRoot(7, async () => []));
  await refused("hash_invalid", () => treeRoot(8, async () => [new Uint8Array(31)]));
});
