import fc from "fast-check";
import { type TileId, tilePath, tilesOf } from "tlog";
import { expect, it } from "vitest";
import { GrowingTree } from "./growingTree.ts";
import { checkLog } from "./logCheck.fixture.ts";

it("makes the tiles of the specification, however the entries are cut into batches", async () => {
  const batches = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(batches, async (sizes) => {
      const files = new Map<string, Uint8Array>();
      let tree = await GrowingTree.load(0, read(files));
      const signed: string[] = [];
      for (const [batch, size] of sizes.entries()) {
        const { files: written } = await tree.grow(entriesOf(batch, size));
        for (const { path, bytes } of written) files.set(path, bytes);
        signed.push(await textOf(tree));
        // As after a restart.
        if (batch % 2 === 1) tree = await GrowingTree.load(tree.size, read(files));
      }
      files.set("checkpoint", Buffer.from(`${await textOf(tree)}\n`));
      const { size } = checkLog(files, signed);
      for (const tile of tilesOf(size)) expect(files.has(tilePath(tile))).toBe(true);
    }),
    { numRuns: 25 },
  );
});

it("has the second level of tiles from 65,536 entries on", async () => {
  const files = new Map<string, Uint8Array>();
  const tree = await GrowingTree.load(0, read(files));
  for (const size of [65_530, 5, 1, 1]) {
    for (const { path, bytes } of (await tree.grow(entriesOf(size, size))).files) files.set(path, bytes);
  }
  expect(files.get("tile/2/000.p/1")).toHaveLength(32);
  files.set("checkpoint", Buffer.from(`${await textOf(tree)}\n`));
  expect(checkLog(files).size).toBe(65_537);
});

function read(files: ReadonlyMap<string, Uint8Array>) {
  return async (tile: TileId) => files.get(tilePath(tile)) ?? new Uint8Array();
}

function entriesOf(batch: number, size: number): readonly Uint8Array[] {
  return Array.from({ length: size }, (_, at) => Buffer.from(`entry ${at} of batch ${batch}`));
}

async function textOf(tree: GrowingTree): Promise<string> {
  const { size, root } = await tree.state();
  return `test\n${size}\n${root}\n`;
}
