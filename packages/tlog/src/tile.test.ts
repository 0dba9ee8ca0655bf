import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refused, typedErrorOr } from "./errors.fixture.ts";
import { TlogError } from "./errors.ts";
import { parseTilePath, type TileId, tilePath, tilesForNode, tilesOf, tileWidth } from "./tile.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;

const tile: fc.Arbitrary<TileId> = fc.record({
  level: fc.oneof(fc.constant("entries" as const), fc.integer({ min: 0, max: 63 })),
  index: fc.oneof(fc.nat({ max: 2000 }), fc.maxSafeNat()),
  width: fc.integer({ min: 1, max: 256 }),
});

describe("paths", () => {
  test.each<readonly [string, TileId]>([
    ["tile/0/000", { level: 0, index: 0, width: 256 }],
    ["tile/0/000.p/1", { level: 0, index: 0, width: 1 }],
    ["tile/63/999.p/255", { level: 63, index: 999, width: 255 }],
    ["tile/1/x001/000", { level: 1, index: 1000, width: 256 }],
    ["tile/0/x001/x234/067", { level: 0, index: 1_234_067, width: 256 }],
    ["tile/entries/x001/x234/067.p/8", { level: "entries", index: 1_234_067, width: 8 }],
    ["tile/0/x009/x007/x199/x254/x740/991", { level: 0, index: LARGEST, width: 256 }],
  ])("%s names one tile and is its only name", (path, id) => {
    expect(tilePath(id)).toBe(path);
    expect(parseTilePath(path)).toEqual(id);
  });

  test("every tile survives the way to its path and back", () => {
    fc.assert(
      fc.property(tile, (id) => {
        expect(parseTilePath(tilePath(id))).toEqual(id);
      }),
    );
  });

  test.each([
    ["", "nothing"],
    ["tile", "too short"],
    ["tile/0", "no index"],
    ["tile/64/000", "a level that does not exist"],
    ["tile/00/000", "a level with a leading zero"],
    ["tile/-1/000", "a negative level"],
    ["tile/Entries/000", "another spelling"],
    ["tile/0/00", "two digits"],
    ["tile/0/0000", "four digits"],
    ["tile/0/001/000", "no x"],
    ["tile/0/x001/x000", "an x at the end"],
    ["tile/0/x000/001", "groups of zeros in front"],
    ["tile/0/x009/x007/x199/x254/x740/992", "2^53"],
    ["tile/0/x018/x446/x744/x073/x709/x551/616", "2^64"],
    ["tile/0/x999/x999/x999/x999/x999/999", "nearly 10^18"],
    ["tile/0/000.p/0", "an empty tile"],
    ["tile/0/000.p/01", "a width with a leading zero"],
    ["tile/0/000.p/256", "a full tile as a partial one"],
    ["tile/0/000.p/999", "too wide"],
    ["tile/0/000.p/-1", "a negative width"],
    ["tile/0/000.p/", "no width"],
    ["tile/0/000.p", "no width and no slash"],
    ["tile/0/000/", "a slash at the end"],
    ["/tile/0/000", "a slash in front"],
    ["tile//000", "an empty part"],
    ["tile/0/000\n", "a newline"],
    ["tile/0/٠٠٠", "digits of another script"],
    ["tile/0/../entries/000", "a way up"],
  ])("%j is refused: %s", async (path) => {
    const error = await refused("tile_path_invalid", () => parseTilePath(path));
    expect(error.location).toEqual({ path });
  });

  test("any text is refused with a typed error, or is the path of what it was read as", () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^tile\/(entries|[0-9]{1,3})(\/x?[0-9]{2,4}){1,7}(\.p\/[0-9]{0,4})?$/),
    );
    fc.assert(
      fc.property(text, (path) => {
        const parsed = typedErrorOr(() => parseTilePath(path));
        if (!(parsed instanceof TlogError)) expect(tilePath(parsed)).toBe(path);
      }),
    );
  });

  test("what is no tile has no path", async () => {
    await refused("number_out_of_range", () => tilePath({ level: 64, index: 0, width: 1 }));
    await refused("number_out_of_range", () => tilePath({ level: 0, index: -1, width: 1 }));
    await refused("number_out_of_range", () => tilePath({ level: 0, index: 0, width: 0 }));
    await refused("number_out_of_range", () => tilePath({ level: 0, index: 0, width: 257 }));
    await refused("number_out_of_range", () => tilePath({ level: 0.5, index: 0, width: 256 }));
  });
});

describe("the tiles of a size", () => {
  const paths = (size: number) => Array.from(tilesOf(size), tilePath);

  test("the empty log has none", () => {
    expect(paths(0)).toEqual([]);
  });

  test("one entry has a bundle and a tile", () => {
    expect(paths(1)).toEqual(["tile/entries/000.p/1", "tile/0/000.p/1"]);
  });

  test("256 entries fill a tile and begin the level above", () => {
    expect(paths(256)).toEqual(["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
  });

  test("70,000 entries have the tiles of the specification's example", () => {
    const all = paths(70_000);
    expect(all).toHaveLength(2 * 274 + 2 + 1);
    expect(all.filter((path) => path.startsWith("tile/0/"))).toHaveLength(274);
    expect(all[273]).toBe("tile/entries/273.p/112");
    expect(all[274 + 273]).toBe("tile/0/273.p/112");
    expect(all.slice(-3)).toEqual(["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]);
  });

  test("every one has the width that the size says, and beyond them there is none", () => {
    fc.assert(
      fc.property(fc.nat({ max: 140_000 }), (size) => {
        for (const { level, index, width } of tilesOf(size))
          expect(tileWidth(level, index, size)).toBe(width);
        expect(tileWidth(0, Math.ceil(size / 256), size)).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  test("the largest size works", () => {
    expect(tileWidth(6, 0, LARGEST)).toBe(31);
    expect(tileWidth(7, 0, LARGEST)).toBe(0);
    expect(tileWidth(0, 2 ** 45 - 1, LARGEST)).toBe(255);
    expect(tileWidth("entries", 2 ** 45, LARGEST)).toBe(0);
    expect(tilesOf(LARGEST)[Symbol.iterator]().next().value).toEqual({
      level: "entries",
      index: 0,
      width: 256,
    });
  });

  test("an impossible size is refused", async () => {
    await refused("number_out_of_range", () => [...tilesOf(2 ** 53)]);
    await refused("number_out_of_range", () => tileWidth(0, 0, -1));
  });
});

describe("where a node is", () => {
  test.each([
    [{ level: 0, index: 0 }, 1, { tile: { level: 0, index: 0, width: 1 }, start: 0, count: 1 }],
    [{ level: 0, index: 300 }, 302, { tile: { level: 0, index: 1, width: 46 }, start: 44, count: 1 }],
    [{ level: 7, index: 1 }, 256, { tile: { level: 0, index: 0, width: 256 }, start: 128, count: 128 }],
    [{ level: 8, index: 0 }, 256, { tile: { level: 1, index: 0, width: 1 }, start: 0, count: 1 }],
    [{ level: 9, index: 1 }, 70_000, { tile: { level: 1, index: 0, width: 256 }, start: 2, count: 2 }],
    [{ level: 52, index: 0 }, LARGEST, { tile: { level: 6, index: 0, width: 31 }, start: 0, count: 16 }],
  ])("%j in %d entries", (id, size, place) => {
    expect(tilesForNode(id, size)).toEqual(place);
  });

  test("a subtree that is not complete is nowhere", async () => {
    await refused("number_out_of_range", () => tilesForNode({ level: 3, index: 0 }, 7));
    await refused("number_out_of_range", () => tilesForNode({ level: 0, index: 7 }, 7));
    await refused("number_out_of_range", () => tilesForNode({ level: 2000, index: 0 }, LARGEST));
    await refused("number_out_of_range", () => tilesForNode({ level: -1, index: 0 }, 7));
  });
});
