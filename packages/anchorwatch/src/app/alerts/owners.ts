/** Owners of the file that declares a resource, by the CODEOWNERS of its repository. Nothing of it is trusted: it can only say names. */
import { open, realpath, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { type CodeOwners, type OwnersSyntax, parseCodeOwners } from "../../alerts/routing/codeowners.ts";
import type { Tellable } from "../../watch/tellable.ts";
import { isInside } from "../configuration/inside.ts";
import { sourceOf } from "./seenDrift.ts";

export interface OwnersOptions {
  /** Where the code of a stack is, absolute; undefined: this process does not have it. */
  readonly placeOf: (drift: Tellable) => StackPlace | undefined;
  /** Milliseconds from any start. */
  readonly elapsed: () => number;
}

export interface StackPlace {
  /** Of the root module. */
  readonly folder: string;
  /** Of a clone. Absent: the folder around it that has a `.git`. */
  readonly root?: string;
}

/** As the forges look for it, and whose syntax it has there. */
const PLACES: readonly (readonly [file: string, syntax: OwnersSyntax | "either"])[] = [
  [".github/CODEOWNERS", "github"],
  ["CODEOWNERS", "either"],
  ["docs/CODEOWNERS", "either"],
  [".gitlab/CODEOWNERS", "gitlab"],
];
const MOST_BYTES = 3_000_000;
const KEPT_MS = 30_000;
const MOST_REPOSITORIES = 200;
const MOST_FILES = 20_000;

interface Kept {
  readonly at: number;
  readonly owners: CodeOwners | undefined;
  readonly files: Map<string, readonly string[]>;
}

/** Never rejects: what cannot be read names nobody. */
export function ownersFromFiles({
  placeOf,
  elapsed,
}: OwnersOptions): (drift: Tellable) => Promise<readonly string[]> {
  const kept = new Map<string, Kept>();
  return async (seen) => {
    const source = sourceOf(seen.drift);
    const place = source && placeOf(seen);
    if (source === undefined || place === undefined) return [];
    const root = place.root ?? (await repositoryAround(place.folder));
    if (root === undefined) return [];
    const path = relative(root, join(place.folder, source.file)).split(sep).join("/");
    if (path === ".." || path.startsWith("../")) return [];
    const known = await ownersIn(root, kept, elapsed());
    const found = known.files.get(path) ?? known.owners?.ownersOf(path) ?? [];
    if (known.files.size < MOST_FILES) known.files.set(path, found);
    return found;
  };
}

async function ownersIn(root: string, kept: Map<string, Kept>, now: number): Promise<Kept> {
  const known = kept.get(root);
  if (known !== undefined && now - known.at < KEPT_MS) return known;
  const fresh: Kept = { at: now, owners: await readOwners(root), files: new Map() };
  if (kept.size >= MOST_REPOSITORIES) kept.clear();
  kept.set(root, fresh);
  return fresh;
}

async function readOwners(root: string): Promise<CodeOwners | undefined> {
  for (const [file, syntax] of PLACES) {
    const text = await readInside(root, file);
    if (text === undefined) continue;
    // Sections are GitLab's alone.
    const spoken = syntax === "either" ? (/^\^?\[[^\]\n]+\]/m.test(text) ? "gitlab" : "github") : syntax;
    return parseCodeOwners(text, spoken);
  }
  return undefined;
}

/** A link that leads out of the repository is no file of it. */
async function readInside(root: string, file: string): Promise<string | undefined> {
  try {
    const path = await realpath(join(root, file));
    if (!isInside(path, await realpath(root))) return undefined;
    const { size, isFile } = await about(path);
    if (!isFile || size > MOST_BYTES) return undefined;
    const opened = await open(path, "r");
    try {
      const { buffer, bytesRead } = await opened.read(Buffer.alloc(size), 0, size, 0);
      return buffer.subarray(0, bytesRead).toString("utf8");
    } finally {
      await opened.close();
    }
  } catch (error) {
    // Most repositories have none.
    if (isOfSystem(error)) return undefined;
    throw error;
  }
}

async function about(path: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const found = await stat(path);
  return { size: found.size, isFile: found.isFile() };
}

async function repositoryAround(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      await stat(join(at, ".git"));
      return at;
    } catch (error) {
      if (!isOfSystem(error)) throw error;
    }
    if (dirname(at) === at) return undefined;
  }
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && "code" in error;
}
