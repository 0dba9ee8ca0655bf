/**
 * A disk that forgets: what was not synced may be gone after a crash, the bytes of files and the names in folders each for itself.
 * Stricter than any real one: an fsync of a file does nothing for its name, and one of a folder nothing for the bytes in it.
 */
import type { FileLayer, FolderItem, NewFile } from "./fileLayer.ts";

interface File {
  readonly kind: "file";
  bytes: Uint8Array;
  synced: Uint8Array;
}

interface Folder {
  readonly kind: "folder";
  names: Map<string, File | Folder>;
  synced: Map<string, File | Folder>;
}

/** What becomes of each thing that was not synced: true keeps it. */
export type Survives = () => boolean;

export class MemoryDisk implements FileLayer {
  readonly #root = newFolder();
  /** Bytes that files may have together. */
  capacity = Number.POSITIVE_INFINITY;

  read = async (path: string): Promise<Uint8Array | undefined> => {
    const found = this.#find(path);
    if (found?.kind === "folder") throw problem("EISDIR", path);
    return found?.bytes.slice();
  };

  list = async (path: string): Promise<readonly FolderItem[] | undefined> => {
    const found = this.#find(path);
    if (found === undefined) return undefined;
    if (found.kind === "file") throw problem("ENOTDIR", path);
    return [...found.names].map(([name, { kind }]) => ({ name, kind }));
  };

  create = async (path: string): Promise<NewFile> => {
    const [folder, name] = this.#place(path);
    const file: File = { kind: "file", bytes: new Uint8Array(), synced: new Uint8Array() };
    folder.names.set(name, file);
    return {
      write: async (bytes) => {
        if (this.#used() + bytes.length > this.capacity) throw problem("ENOSPC", path);
        file.bytes = joined(file.bytes, bytes);
      },
      sync: async () => {
        file.synced = file.bytes;
      },
      close: async () => {},
    };
  };

  rename = async (from: string, to: string): Promise<void> => {
    const [source, name] = this.#place(from);
    const [target, newName] = this.#place(to);
    const moved = source.names.get(name);
    if (moved === undefined) throw problem("ENOENT", from);
    source.names.delete(name);
    target.names.set(newName, moved);
  };

  syncFolder = async (path: string): Promise<void> => {
    const folder = this.#folder(path);
    folder.synced = new Map(folder.names);
  };

  makeFolder = async (path: string): Promise<void> => {
    const [parent, name] = this.#place(path);
    if (!parent.names.has(name)) parent.names.set(name, newFolder());
  };

  removeFile = async (path: string): Promise<void> => {
    const [parent, name] = this.#place(path);
    parent.names.delete(name);
  };

  removeFolder = async (path: string): Promise<void> => {
    const [parent, name] = this.#place(path);
    if (this.#find(path)?.kind === "folder" && this.#folder(path).names.size > 0) {
      throw problem("ENOTEMPTY", path);
    }
    parent.names.delete(name);
  };

  /** The power is cut. Everything that is left is durable. */
  cutPower(survives: Survives): void {
    settle(this.#root, survives);
  }

  /** Every file below a folder, by its path from there. */
  files(path: string): ReadonlyMap<string, Uint8Array> {
    const files = new Map<string, Uint8Array>();
    collect(this.#folder(path), "", files);
    return files;
  }

  /** A copy of the whole disk as it is: for backups. */
  restore(backup: ReadonlyMap<string, Uint8Array>, path: string): void {
    const folder = this.#folder(path);
    folder.names.clear();
    for (const [file, bytes] of backup) {
      let at = folder;
      const steps = file.split("/");
      for (const step of steps.slice(0, -1)) {
        const inner = at.names.get(step);
        const next = inner?.kind === "folder" ? inner : newFolder();
        at.names.set(step, next);
        at = next;
      }
      at.names.set(steps.at(-1) ?? "", { kind: "file", bytes, synced: bytes });
    }
  }

  #used(): number {
    let used = 0;
    for (const bytes of this.files("/").values()) used += bytes.length;
    return used;
  }

  #find(path: string): File | Folder | undefined {
    let at: File | Folder | undefined = this.#root;
    for (const step of steps(path)) {
      if (at?.kind !== "folder") return undefined;
      at = at.names.get(step);
    }
    return at;
  }

  #folder(path: string): Folder {
    const found = this.#find(path);
    if (found?.kind !== "folder") throw problem("ENOENT", path);
    return found;
  }

  #place(path: string): readonly [folder: Folder, name: string] {
    const all = steps(path);
    return [this.#folder(`/${all.slice(0, -1).join("/")}`), all.at(-1) ?? ""];
  }
}

/** An error as node:fs makes them. */
export function problem(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

function settle(folder: Folder, survives: Survives): void {
  const names = new Map<string, File | Folder>();
  for (const name of new Set([...folder.names.keys(), ...folder.synced.keys()])) {
    const [now, before] = [folder.names.get(name), folder.synced.get(name)];
    const left = now === before || survives() ? now : before;
    if (left !== undefined) names.set(name, left);
  }
  folder.names = names;
  folder.synced = new Map(names);
  for (const item of names.values()) {
    if (item.kind === "folder") settle(item, survives);
    else settleFile(item, survives);
  }
}

/** Bytes that were not synced are there, are gone, or are there in part. */
function settleFile(file: File, survives: Survives): void {
  if (file.bytes !== file.synced && !survives()) {
    file.bytes = survives() ? file.bytes.slice(0, Math.floor(file.bytes.length / 2)) : file.synced;
  }
  file.synced = file.bytes;
}

function collect(folder: Folder, prefix: string, files: Map<string, Uint8Array>): void {
  for (const [name, item] of folder.names) {
    if (item.kind === "folder") collect(item, `${prefix}${name}/`, files);
    else files.set(`${prefix}${name}`, item.bytes);
  }
}

function newFolder(): Folder {
  return { kind: "folder", names: new Map(), synced: new Map() };
}

function steps(path: string): readonly string[] {
  return path.split("/").filter((step) => step !== "");
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
