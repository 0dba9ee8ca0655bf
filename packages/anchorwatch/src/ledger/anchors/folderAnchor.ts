/** Checkpoints on a file share: `checkpoint` is the latest, `history/SIZE` are all. A file is there whole or not at all. */
import { join, resolve } from "node:path";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { DurableFiles } from "../storage/directory/durableFiles.ts";
import { type FileLayer, machineFiles } from "../storage/directory/fileLayer.ts";
import type { Anchor } from "./anchor.ts";
import { isNews, readSeen, refuseContradiction } from "./seen.ts";

/**
 * @param given an existing folder: one that is missing may be a share that is not mounted, and is never made
 * @param unique a new random text at each call, for temporary names: who else writes to the share, nobody knows
 */
export function folderAnchor(given: string, unique: () => string, files: FileLayer = machineFiles): Anchor {
  const folder = resolve(given);
  const latest = join(folder, "checkpoint");
  const keep = (path: string, note: string) => {
    // Anew each time: the share may have been exchanged meanwhile, and its folders be gone.
    const durable = new DurableFiles(files, folder, { rootIsGiven: true, temporaryName: unique });
    return acting(folder, "written", () => durable.write([{ path, bytes: Buffer.from(note) }]));
  };
  return {
    name: folder,
    latest: () => readLatest(folder, files),
    publish: async (checkpoint) => {
      const told = readSeen("The log", checkpoint);
      const seen = await readIfThere(folder, latest, files);
      const news = isNews(folder, told, seen === undefined ? undefined : readSeen(folder, seen));
      const path = join(folder, "history", String(told.size));
      const there = await readIfThere(folder, path, files);
      if (there !== undefined) refuseContradiction(folder, told, readSeen(folder, there));
      else await keep(path, checkpoint);
      if (news) await keep(latest, checkpoint);
    },
  };
}

/** Whatever is larger: someone may have put an older file over the latest one. */
async function readLatest(folder: string, files: FileLayer): Promise<string | undefined> {
  const checkpoint = await readIfThere(folder, join(folder, "checkpoint"), files);
  const history = await acting(folder, "read", () => files.list(join(folder, "history")));
  const sizes = (history ?? [])
    .map(({ name }) => name)
    .filter((name) => /^(0|[1-9][0-9]{0,15})$/.test(name))
    .map(Number);
  const largest = sizes.reduce((most, size) => Math.max(most, size), -1);
  if (largest < 0) {
    if (checkpoint === undefined) await refuseMissing(folder, files);
    return checkpoint;
  }
  if (checkpoint !== undefined && readSeen(folder, checkpoint).size >= largest) return checkpoint;
  return readIfThere(folder, join(folder, "history", String(largest)), files);
}

async function readIfThere(folder: string, path: string, files: FileLayer): Promise<string | undefined> {
  const bytes = await acting(folder, "read", () => files.read(path));
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}

async function refuseMissing(folder: string, files: FileLayer): Promise<void> {
  if ((await acting(folder, "read", () => files.list(folder))) === undefined)
    throw failed(folder, "is not there");
}

async function acting<Result>(folder: string, doing: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw failed(folder, `cannot be ${doing}: ${messageOf(error)}`, error);
  }
}

function failed(folder: string, what: string, cause?: unknown): AnchorwatchError {
  const hint = "Is the share mounted, and may the user of this process write there?";
  return new AnchorwatchError("ledger_anchor_failed", `The anchor ${folder} ${what}`, {
    hint,
    location: { file: folder },
    cause,
  });
}
