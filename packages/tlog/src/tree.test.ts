import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refused } from "./errors.fixture.ts";
import { consistencyNodes, inclusionNodes, type NodeId, rootNodes } from "./tree.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;

const size = fc.oneof(
  fc.integer({ min: 1, max: 3000 }),
  fc.maxSafeNat().map((value) => Math.max(1, value)),
);
const indexAndSize = size.chain((count) =>
  fc.tuple(
    fc.maxSafeNat().map((value) => value % count),
    fc.constant(count),
  ),
);

/** The entries that a node covers, in exact arithmetic. */
function range({ level, index }: NodeId): readonly [bigint, bigint] {
  const width = 2n ** BigInt(level);
  return [BigInt(index) * width, (BigInt(index) + 1n) * width];
}

/** That ranges lie side by side without a gap, and from where to where. */
function joined(ranges: readonly (readonly [bigint, bigint])[]): readonly [bigint, bigint] | undefined {
  const sorted = ranges.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const hasGap = sorted.some(([start], at) => at > 0 && start !== sorted[at - 1]?.[1]);
  return hasGap ? undefined : [sorted[0]?.[0] ?? 0n, sorted.at(-1)?.[1] ?? 0n];
}

test("the nodes of a root are the ones bits of its size", () => {
  expect(rootNodes(0)).toEqual([]);
  expect(rootNodes(1)).toEqual([{ level: 0, index: 0 }]);
  expect(rootNodes(7)).toEqual([
    { level: 2, index: 0 },
    { level: 1, index: 2 },
    { level: 0, index: 6 },
  ]);
  expect(rootNodes(LARGEST)).toHaveLength(53);
  fc.assert(
    fc.property(size, (count) => {
      const nodes = rootNodes(count);
      expect(nodes).toHaveLength([...count.toString(2)].filter((bit) => bit === "1").length);
      expect(joined(nodes.map(range))).toEqual([0n, BigInt(count)]);
    }),
  );
});

describe("an inclusion proof", () => {
  test("together with its leaf covers the whole tree, once", () => {
    fc.assert(
      fc.property(indexAndSize, ([index, count]) => {
        const nodes = inclusionNodes(index, count).flat();
        expect(joined([...nodes, { level: 0, index }].map(range))).toEqual([0n, BigInt(count)]);
      }),
    );
  });

  test("has one hash for each step from the leaf to the root", () => {
    expect(inclusionNodes(0, 1)).toEqual([]);
    expect(inclusionNodes(6, 7)).toEqual([[{ level: 1, index: 2 }], [{ level: 2, index: 0 }]]);
    expect(inclusionNodes(0, 7)).toEqual([
      [{ level: 0, index: 1 }],
      [{ level: 1, index: 1 }],
      [
        { level: 1, index: 2 },
        { level: 0, index: 6 },
      ],
    ]);
    expect(inclusionNodes(0, LARGEST)).toHaveLength(53);
  });
});

describe("a consistency proof", () => {
  test("covers what is new, and of what is old all that it does not leave to the older root", () => {
    fc.assert(
      fc.property(indexAndSize, ([index, count]) => {
        const older = index + 1;
        const groups = consistencyNodes(older, count);
        if (older === count) {
          expect(groups).toEqual([]);
          return;
        }
        const [start, end] = joined(groups.flat().map(range)) ?? [-1n, -1n];
        expect(end).toBe(BigInt(count));
        // In bigints: a logarithm rounds what lies near a large power to it.
        const size = BigInt(older);
        const isPower = (size & (size - 1n)) === 0n;
        expect(start).toBe(isPower ? size : 0n);
      }),
    );
  });
});

test("numbers that are no positions are refused", async () => {
  await refused("number_out_of_range", () => rootNodes(LARGEST + 1));
  await refused("number_out_of_range", () => rootNodes(-1));
  await refused("number_out_of_range", () => inclusionNodes(0.5, 3));
  await refused("proof_range_invalid", () => inclusionNodes(3, 3));
  await refused("proof_range_invalid", () => consistencyNodes(0, 3));
});
