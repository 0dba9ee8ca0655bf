import { expect, test } from "vitest";
import { refused } from "./errors.fixture.ts";
import { HASH_BYTES } from "./hash.ts";
import { consistencyProof, inclusionProof, treeRoot } from "./proof.ts";
import { type TileId, tilePath } from "./tile.ts";
import { type TileReader, tileNodeReader } from "./tileReader.ts";
import { memoryTree, testEntries } from "./tree.fixture.ts";

const tree = await memoryTree(testEntries(70_000));

/** The tiles of the tree, cut out of its nodes. */
const readTile: TileReader = async ({ level, index, width }: TileId) => {
  const ids = Array.from({ length: width }, (_, at) => ({
    level: Number(level) * 8,
    index: index * 256 + at,
  }));
  const bytes = new Uint8Array(width * HASH_BYTES);
  (await tree.nodes(ids)).forEach((hash, at) => {
    bytes.set(hash, at * HASH_BYTES);
  });
  return bytes;
};

test.each([1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000])(
  "roots and proofs out of the tiles of %d entries are those out of the tree",
  async (size) => {
    const nodes = tileNodeReader(size, readTile);
    expect(await treeRoot(size, nodes)).toEqual(await treeRoot(size, tree.nodes));
    for (const part of [1, 2, 7, 128, 255, 256, 300, 4097, 65_536, size].filter((value) => value <= size)) {
      expect(await inclusionProof(part - 1, size, nodes)).toEqual(
        await inclusionProof(part - 1, size, tree.nodes),
      );
      expect(await consistencyProof(part, size, nodes)).toEqual(
        await consistencyProof(part, size, tree.nodes),
      );
    }
  },
);

test("each tile is read once for a proof", async () => {
  const read: string[] = [];
  const nodes = tileNodeReader(70_000, (tile) => {
    read.push(tilePath(tile));
    return readTile(tile);
  });
  await inclusionProof(1234, 70_000, nodes);
  expect(read.toSorted()).toEqual(["tile/0/004", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17"]);
});

test("a tile of a wrong size is described with its path and the first wrong byte", async () => {
  for (const [given, byte] of [
    [95, 95],
    [97, 96],
    [0, 0],
  ] as const) {
    const error = await refused("tile_invalid", () =>
      treeRoot(
        3,
        tileNodeReader(3, async () => new Uint8Array(given)),
      ),
    );
    expect(error.location).toEqual({ path: "tile/0/000.p/3", byte });
  }
});
