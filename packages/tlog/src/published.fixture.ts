import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Published test data beside the repository. Not part of it, so tests that need it say when they are skipped. */
const folder = join(import.meta.dirname, "../../../../shared/vectors/tlog");

export const hasPublished = existsSync(folder);
if (!hasPublished) console.log("published transparency log vectors are not here: skipped");

/** The paths of the files under a folder of the published data, relative to it. */
export function publishedFiles(under: string): string[] {
  if (!hasPublished) return [];
  return readdirSync(join(folder, under), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, under).length + 1))
    .sort();
}

export function readPublished(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, path)));
}
