/** The files of a repository, which is untrusted: what a link or a `..` points to must lie inside. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { EvaluationFailure } from "../failure.ts";
import type { FileAccess } from "./define.ts";

export interface FileBounds {
  /** What relative paths are relative to: the root module's folder. */
  readonly folder: string;
  /** Folders that files may lie in, symbolic links resolved. */
  readonly allowed: readonly string[];
  readonly home?: string;
  /** Bytes; larger files are refused. */
  readonly maxSize?: number;
}

const MAX_SIZE = 4 * 1024 * 1024;
const MAX_ENTRIES = 10_000;

export function confinedFiles(bounds: FileBounds): FileAccess {
  return {
    read: (path) => readable(path, () => readConfined(bounds, path)),
    exists: (path) => readable(path, () => existsConfined(bounds, path)),
    list: (folder) => readable(folder, () => listConfined(bounds, folder)),
    absolute: (path) => resolve(bounds.folder, path),
    home: bounds.home,
  };
}

/** Whether a path (links resolved) is the folder or lies in it. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** What the file system refuses is the configuration's failure, not the program's. */
function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause)
      throw new EvaluationFailure(`\`${path}\` cannot be read: ${cause.message}`);
    throw cause;
  }
}

function readConfined(bounds: FileBounds, path: string): Buffer {
  const target = confined(bounds, path);
  const size = bounds.maxSize ?? MAX_SIZE;
  // Opened first and looked at afterwards: what is checked is what is read. A pipe must not block.
  const file = openSync(target, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new EvaluationFailure(`\`${path}\` is not a regular file`);
    if (status.size > size) throw tooLarge(path, size);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function tooLarge(path: string, size: number): EvaluationFailure {
  return new EvaluationFailure(`\`${path}\` is larger than ${size} bytes`, { limit: true });
}

function existsConfined(bounds: FileBounds, path: string): boolean {
  const target = resolved(bounds, path);
  return target !== undefined && statSync(checked(bounds, path, target)).isFile();
}

function confined(bounds: FileBounds, path: string): string {
  const target = resolved(bounds, path);
  if (target === undefined) throw new EvaluationFailure(`there is no file \`${path}\``);
  return checked(bounds, path, target);
}

/** With all links followed; undefined where nothing is there. A way out is refused before it is asked whether it exists. */
function resolved(bounds: FileBounds, path: string): string | undefined {
  if (path.includes("\0")) throw new EvaluationFailure("a path holds a zero character");
  const written = resolve(bounds.folder, path);
  try {
    return realpathSync(written);
  } catch (cause) {
    if (isMissing(cause)) {
      checked(bounds, path, written);
      return undefined;
    }
    throw cause;
  }
}

/** A limit and no plain failure: Terraform would read the file, so `try` must not go on with something else. */
function checked(bounds: FileBounds, path: string, target: string): string {
  if (bounds.allowed.some((folder) => isInside(folder, target))) return target;
  throw new EvaluationFailure(
    `\`${path}\` leads out of the module's folder; files outside are not read, since a repository is not trusted`,
    { limit: true },
  );
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR");
}

function listConfined(bounds: FileBounds, folder: string): readonly string[] {
  const root = resolved(bounds, folder);
  // As in Terraform, what is no folder holds no files.
  if (root === undefined || !statSync(checked(bounds, folder, root)).isDirectory()) return [];
  const found: string[] = [];
  const visit = (directory: string, prefix: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (found.length >= MAX_ENTRIES)
        throw new EvaluationFailure(`\`${folder}\` holds more than ${MAX_ENTRIES} files`, { limit: true });
      const name = `${prefix}${entry.name}`;
      // Links to folders are not followed, as they may lead out or in circles; links to files inside count.
      if (entry.isDirectory()) visit(resolve(directory, entry.name), `${name}/`);
      else if (entry.isFile() || (entry.isSymbolicLink() && isFileInside(bounds, directory, entry.name)))
        found.push(name);
    }
  };
  visit(root, "");
  return found;
}

function isFileInside(bounds: FileBounds, directory: string, name: string): boolean {
  try {
    const target = realpathSync(resolve(directory, name));
    return bounds.allowed.some((folder) => isInside(folder, target)) && statSync(target).isFile();
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw cause;
  }
}
