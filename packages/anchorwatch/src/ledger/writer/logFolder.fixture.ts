/** A temporary folder for a log, fresh for each test, and what lies in it. */
import { mkdtemp, readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { directoryStorage } from "../storage/directory/directoryStorage.ts";
import type { LogStorage } from "../storage/storage.ts";

export interface LogFolder {
  /** Where further folders may be made. */
  base: string;
  /** Not there yet. */
  folder: string;
  storage: LogStorage;
}

/** Its members are set before each test, and everything is removed after it. */
export function freshLogFolder(): LogFolder {
  const place: LogFolder = { base: "", folder: "", storage: directoryStorage("") };
  beforeEach(async () => {
    place.base = await mkdtemp(join(tmpdir(), "anchorwatch-ledger-"));
    place.folder = join(place.base, "log");
    place.storage = directoryStorage(place.folder);
  });
  afterEach(() => rm(place.base, { recursive: true }));
  return place;
}

/** Every file of a folder by its path inside, but the lock: reading that in the process that has it would free it. */
export async function filesOf(place: string): Promise<Map<string, Uint8Array>> {
  const items = await readdir(place, { recursive: true, withFileTypes: true });
  const files = items.filter((item) => item.isFile() && !item.name.startsWith(".lock"));
  const paths = files.map((item) => join(item.parentPath, item.name));
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  return new Map(paths.map((path, at) => [path.slice(place.length + 1), contents[at] ?? Buffer.of()]));
}

/** Puts back what a folder held, and nothing else. */
export async function restore(place: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const path of (await filesOf(place)).keys()) await unlink(join(place, path));
  for (const [path, bytes] of files) await writeFile(join(place, path), bytes);
}
