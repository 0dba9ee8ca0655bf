import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { oldestFirst } from "./oldestFirst.ts";
import { comparePlaces, type Place } from "./renewalState.ts";

let temporaryFolder: string;
beforeAll(async () => {
  temporaryFolder = await mkdtemp(join(tmpdir(), "anchorwatch-oldest-"));
});
afterAll(() => rm(temporaryFolder, { recursive: true }));

async function* listed(places: readonly Place[]): AsyncGenerator<Place> {
  yield* places;
}

async function collected(places: AsyncIterable<Place>): Promise<readonly Place[]> {
  const found: Place[] = [];
  for await (const place of places) found.push(place);
  return found;
}

const place = fc.record({
  modified: fc.nat(20),
  path: fc.constantFrom("checkpoint", "tile/0/000", 'content/"quoted"\n'),
  version: fc.string({ maxLength: 3 }),
});

test("the order is that of a sort in memory, whatever fits into it, and nothing is left behind", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(place, { maxLength: 40 }),
      fc.integer({ min: 1, max: 50 }),
      async (all, inMemory) => {
        const found = await collected(oldestFirst(listed(all), { temporaryFolder, inMemory }));
        expect(found).toEqual(all.toSorted(comparePlaces));
        expect(await readdir(temporaryFolder)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test("what fits into memory never touches the disk", async () => {
  const all = [3, 1, 2].map((modified) => ({ modified, path: "checkpoint", version: "v" }));
  const folder = join(temporaryFolder, "is-not-there");
  const found = await collected(oldestFirst(listed(all), { temporaryFolder: folder, inMemory: 4 }));
  expect(found.map(({ modified }) => modified)).toEqual([1, 2, 3]);
});

test("a loop that ends early, or a listing that fails, leaves nothing behind", async () => {
  const all = Array.from({ length: 9 }, (_, modified) => ({ modified, path: "checkpoint", version: "v" }));
  for await (const { modified } of oldestFirst(listed(all), { temporaryFolder, inMemory: 2 })) {
    if (modified === 3) break;
  }
  expect(await readdir(temporaryFolder)).toEqual([]);
  async function* failing() {
    yield* all;
    throw new RangeError("S3 went away");
  }
  const failed = collected(oldestFirst(failing(), { temporaryFolder, inMemory: 2 }));
  await expect(failed).rejects.toThrow("S3 went away");
  expect(await readdir(temporaryFolder)).toEqual([]);
});
