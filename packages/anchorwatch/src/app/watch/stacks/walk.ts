/** The folders below one, within bounds: what is found in a stranger's repository must not take for ever. */
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Warning } from "../../../domain/errors.ts";

export interface WalkedFolder {
  /** Absolute. */
  readonly path: string;
  /** Names of the regular files in it. */
  readonly files: readonly string[];
}

export interface Walk {
  /** Those above before those below, and by name. */
  readonly folders: readonly WalkedFolder[];
  readonly problems: readonly Warning[];
}

interface Bounds {
  readonly depth: number;
  readonly folders: number;
}

const BOUNDS: Bounds = { depth: 16, folders: 20_000 };
const PASSED_BY: ReadonlySet<string> = new Set(["node_modules", "vendor"]);

/** Links are not followed; hidden folders are passed by, and so is what package managers fill. */
export async function walkFolders(root: string, bounds: Bounds = BOUNDS): Promise<Walk> {
  const folders: WalkedFolder[] = [];
  const problems: Warning[] = [];
  let level: readonly string[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    const below: string[] = [];
    for (const path of level) {
      if (folders.length >= bounds.folders)
        return { folders, problems: [...problems, tooMany(root, bounds)] };
      const entries = await entriesOf(path, root, problems);
      folders.push({ path, files: entries.filter((entry) => entry.isFile()).map(({ name }) => name) });
      const inside = entries.filter((entry) => entry.isDirectory() && isOfInterest(entry.name));
      below.push(...inside.map(({ name }) => join(path, name)));
    }
    if (below.length > 0 && depth >= bounds.depth) {
      return { folders, problems: [...problems, tooDeep(root, below[0] ?? root, bounds)] };
    }
    level = below;
  }
  return { folders, problems };
}

function isOfInterest(name: string): boolean {
  return !name.startsWith(".") && !PASSED_BY.has(name);
}

async function entriesOf(path: string, root: string, problems: Warning[]): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const file = relative(root, path) || path;
    problems.push({
      code: "stack_search_limited",
      message: `${file} cannot be read, and stacks in it were not looked for: ${error instanceof Error ? error.message : String(error)}`,
      hint: "Make the folder readable for the user that runs the watch.",
      location: { file },
    });
    return [];
  }
}

function tooMany(root: string, bounds: Bounds): Warning {
  return {
    code: "stack_search_limited",
    message: `${root} holds more than ${bounds.folders} folders, and stacks were looked for in the first of them only`,
    hint: "Name the folders that hold the stacks.",
    location: { file: root },
  };
}

function tooDeep(root: string, folder: string, bounds: Bounds): Warning {
  return {
    code: "stack_search_limited",
    message: `${relative(root, folder)} lies deeper than ${bounds.depth} folders, and stacks were not looked for there`,
    hint: "Name the folder itself.",
    location: { file: relative(root, folder) },
  };
}
