/** One writer on this machine at a time, for a log whose storage has no lock of its own. */
import { mkdir } from "node:fs/promises";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { machineFiles } from "./directory/fileLayer.ts";
import { kernelLock } from "./directory/kernelLock.ts";
import type { LogStorage, WriterLease } from "./storage.ts";

/**
 * The same log, but who locks it takes the kernel's lock of that private folder first. In S3 a second sequencer fences the first one
 * off, and both would write the search index that lies in that folder.
 */
export function withFolderLock(storage: LogStorage, folder: string): LogStorage {
  const takeLock = kernelLock(machineFiles, storage.name);
  return {
    name: storage.name,
    read: (path) => storage.read(path),
    list: (prefix) => storage.list(prefix),
    lock: async () => {
      await makeFolder(folder);
      const release = await takeLock(folder);
      try {
        return releasing(await storage.lock(), release);
      } catch (error) {
        await release();
        throw error;
      }
    },
  };
}

function releasing(lease: WriterLease, release: () => Promise<void>): WriterLease {
  return {
    readTree: () => lease.readTree(),
    readStaged: () => lease.readStaged(),
    stage: (next, entries) => lease.stage(next, entries),
    writeTiles: (files) => lease.writeTiles(files),
    writeContent: (digest, bytes) => lease.writeContent(digest, bytes),
    commitTree: (next) => lease.commitTree(next),
    writeCheckpoint: (note) => lease.writeCheckpoint(note),
    discardBeyond: (size) => lease.discardBeyond(size),
    removePartials: (fullTile) => lease.removePartials(fullTile),
    isHeld: () => lease.isHeld(),
    release: async () => {
      try {
        await lease.release();
      } finally {
        await release();
      }
    },
  };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new AnchorwatchError("ledger_unwritable", `${folder} cannot be made: ${messageOf(cause)}`, {
      hint: "Name a private folder of the ledger in which this user may write.",
      location: { file: folder },
      cause,
    });
  }
}
