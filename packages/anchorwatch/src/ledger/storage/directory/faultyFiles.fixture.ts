/** Files that fail at the n-th operation: before it was done, or after it was, so that nobody knows. */
import type { FileLayer, NewFile } from "./fileLayer.ts";
import { problem } from "./memoryDisk.fixture.ts";

export interface Fault {
  /** The operation at which it happens, counted from 1. */
  readonly at: number;
  /** Whether the operation was done. */
  readonly done: boolean;
  /** An error of that code, once; or the process is killed, and nothing is done ever after. */
  readonly kind: "EIO" | "ENOSPC" | "kill";
}

export interface FaultyFiles {
  readonly files: FileLayer;
  /** Operations so far. */
  count(): number;
  /** What was done at the fault. */
  readonly struck: () => string | undefined;
}

export function faultyFiles(files: FileLayer, fault: Fault | undefined): FaultyFiles {
  let operations = 0;
  let dead = false;
  let struck: string | undefined;
  async function attempt<Result>(what: string, path: string, work: () => Promise<Result>): Promise<Result> {
    if (dead) throw problem("EKILLED", path);
    operations++;
    if (operations !== fault?.at) return work();
    struck = `${what} ${path}`;
    dead = fault.kind === "kill";
    if (fault.done) await work();
    throw problem(dead ? "EKILLED" : fault.kind, path);
  }
  const faulty: FileLayer = {
    read: (path) => attempt("read", path, () => files.read(path)),
    list: (path) => attempt("list", path, () => files.list(path)),
    create: (path) => attempt("create", path, async () => faultyFile(path, await files.create(path))),
    rename: (from, to) => attempt("rename to", to, () => files.rename(from, to)),
    syncFolder: (path) => attempt("sync folder", path, () => files.syncFolder(path)),
    makeFolder: (path) => attempt("make folder", path, () => files.makeFolder(path)),
    removeFile: (path) => attempt("remove", path, () => files.removeFile(path)),
    removeFolder: (path) => attempt("remove folder", path, () => files.removeFolder(path)),
  };
  function faultyFile(path: string, file: NewFile): NewFile {
    return {
      write: (bytes) => attempt("write", path, () => file.write(bytes)),
      sync: () => attempt("sync", path, () => file.sync()),
      close: () => attempt("close", path, () => file.close()),
    };
  }
  return { files: faulty, count: () => operations, struck: () => struck };
}
