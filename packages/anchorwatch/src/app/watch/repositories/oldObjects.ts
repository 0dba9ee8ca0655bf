/**
 * Each fetch brings what is new, and git removes nothing from a clone without history: what it left out then is to be had from the
 * server only, so it keeps all that it has. Where old commits are most of a clone, it is thrown away, and the next fetch makes it anew.
 */
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface ObjectBounds {
  /** Smaller clones are left alone. */
  readonly bytes: number;
  /** Each of them is looked into for an object. */
  readonly packs: number;
}

const BOUNDS: ObjectBounds = { bytes: 64 * 1024 * 1024, packs: 200 };
/** How many times as large as after its first fetch a clone may become. */
const GROWTH = 3;
const FIRST_SIZE = "anchorwatch-first-size";

/** To be called after a fetch, while nobody uses it. The files of commits lie elsewhere. */
export async function shedOldObjects(gitFolder: string, bounds: ObjectBounds = BOUNDS): Promise<void> {
  const aside = `${gitFolder}.old`;
  await rm(aside, { recursive: true, force: true });
  const { bytes, packs } = await objectsIn(join(gitFolder, "objects"));
  const first = Number(await readFile(join(gitFolder, FIRST_SIZE), "utf8").catch(() => ""));
  if (first === 0) return await writeFile(join(gitFolder, FIRST_SIZE), String(Math.max(1, bytes)));
  if (bytes <= Math.max(bounds.bytes, GROWTH * first) && packs <= bounds.packs) return;
  // At once, so that no half of it is ever taken for a clone.
  await rename(gitFolder, aside);
  await rm(aside, { recursive: true, force: true });
}

async function objectsIn(folder: string): Promise<{ readonly bytes: number; readonly packs: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return {
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    packs: files.filter(({ name }) => name.endsWith(".pack")).length,
  };
}
