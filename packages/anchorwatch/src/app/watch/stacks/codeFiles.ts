/** The files that a stack's code was read from, and whether they are as they were. */
import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { SeeFile } from "../../../terraform/hcl/index.ts";

export interface CodeFiles {
  /** To be told of each file right before it is read. */
  readonly see: SeeFile;
  isUnchanged(): boolean;
}

/** For code that never changes, such as that of a commit. */
export const FIXED_FILES: CodeFiles = { see: () => {}, isUnchanged: () => true };

type What = Parameters<SeeFile>[1];

/** Of what a folder of code holds, the files that have a part in it. */
const CODE = /\.(?:tf|tofu|tfvars)(?:\.json)?$|^\.terraform\.lock\.hcl$/;
/** Larger files are told apart by size and time alone. */
const LARGEST = 8 * 1024 * 1024;
/** Shortly after a change the next one may bear the same time. */
const STEADY_AFTER_MS = 2_500;
const MAX_ENTRIES = 10_000;

/**
 * Files are told apart by size and times, and by their content where they were changed only just now.
 * @param now milliseconds since 1970
 */
export function createCodeFiles(now: () => number): CodeFiles {
  const seen = new Map<string, string>();
  /** Contents of files that nobody touched since they were read. */
  const contents = new Map<string, { readonly status: string; readonly content: string }>();

  function markOf(path: string, what: What): string {
    switch (what) {
      case "file":
        return fileMark(path);
      case "code":
        return namesIn(path)
          .filter((name) => CODE.test(name))
          .map((name) => `${name} ${fileMark(join(path, name))}`)
          .join("\n");
      case "tree":
        return treeBelow(path).join("\n");
    }
  }

  function fileMark(path: string): string {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return "missing";
    if (!found.isFile()) return "irregular";
    const status = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
    if (found.size > LARGEST) return status;
    const known = contents.get(path);
    if (known?.status === status) return known.content;
    const content = contentMark(path);
    if (now() - Number(found.ctimeMs) >= STEADY_AFTER_MS) contents.set(path, { status, content });
    return content;
  }

  return {
    see(path, what) {
      const key = `${what} ${path}`;
      if (!seen.has(key))
        seen.set(
          key,
          marked(() => markOf(path, what)),
        );
    },
    isUnchanged() {
      return [...seen].every(([key, before]) => {
        const at = key.indexOf(" ");
        return marked(() => markOf(key.slice(at + 1), key.slice(0, at) as What)) === before;
      });
    },
  };
}

/** What cannot be looked at is told where it is read; here it only must be told from what can. */
function marked(mark: () => string): string {
  try {
    return mark();
  } catch (error) {
    return `unreadable: ${error instanceof Error && "code" in error ? String(error.code) : ""}`;
  }
}

function contentMark(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return fstatSync(file).isFile()
      ? createHash("sha256").update(readFileSync(file)).digest("base64")
      : "irregular";
  } finally {
    closeSync(file);
  }
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder).sort();
}

function treeBelow(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (path: string, shown: string) => {
    for (const name of namesIn(path)) {
      if (found.length >= MAX_ENTRIES) return;
      const status = lstatSync(join(path, name));
      found.push(`${shown}${name}`);
      if (status.isDirectory()) visit(join(path, name), `${shown}${name}/`);
    }
  };
  if (statSync(folder).isDirectory()) visit(folder, "");
  return found;
}
