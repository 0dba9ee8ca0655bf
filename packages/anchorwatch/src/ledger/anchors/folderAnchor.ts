/** Checkpoints on a file share: `checkpoint` is the latest, `history/SIZE` are all. A file is there whole or not at all. */
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Checkpoint } from "tlog";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { Anchor } from "./anchor.ts";
import { isNews, readSeen, refuseContradiction } from "./seen.ts";

/**
 * @param folder an existing folder: one that is missing may be a share that is not mounted, and is never made
 * @param unique a new random text at each call, for temporary names
 */
export function folderAnchor(folder: string, unique: () => string): Anchor {
  const latest = join(folder, "checkpoint");
  return {
    name: folder,
    latest: () => readLatest(folder),
    publish: async (checkpoint) => {
      const told = readSeen("The log", checkpoint);
      const seen = await readIfThere(folder, latest);
      const news = isNews(folder, told, seen === undefined ? undefined : readSeen(folder, seen));
      await keepInHistory(folder, told, checkpoint, unique());
      if (news) await replace(folder, latest, checkpoint, unique());
    },
  };
}

async function keepInHistory(
  folder: string,
  told: Checkpoint,
  checkpoint: string,
  unique: string,
): Promise<void> {
  const path = join(folder, "history", String(told.size));
  const there = await readIfThere(folder, path);
  if (there !== undefined) {
    refuseContradiction(folder, told, readSeen(folder, there));
    return;
  }
  await makeHistory(folder, dirname(path));
  await replace(folder, path, checkpoint, unique);
}

/** Whatever is larger: someone may have put an older file over the latest one. */
async function readLatest(folder: string): Promise<string | undefined> {
  const checkpoint = await readIfThere(folder, join(folder, "checkpoint"));
  const sizes = (await namesIn(folder, join(folder, "history")))
    .filter((name) => /^(0|[1-9][0-9]{0,15})$/.test(name))
    .map(Number);
  const largest = sizes.reduce((most, size) => Math.max(most, size), -1);
  if (largest < 0) {
    if (checkpoint === undefined) await refuseMissing(folder);
    return checkpoint;
  }
  if (checkpoint !== undefined && readSeen(folder, checkpoint).size >= largest) return checkpoint;
  return readIfThere(folder, join(folder, "history", String(largest)));
}

async function makeHistory(folder: string, history: string): Promise<void> {
  try {
    await mkdir(history);
    await flush(folder);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw failed(folder, "cannot be written", error);
  }
}

/** Temporary file, flushed, renamed, folder flushed. */
async function replace(folder: string, path: string, text: string, unique: string): Promise<void> {
  const temporary = join(dirname(path), `.${unique}.tmp`);
  try {
    const file = await open(temporary, "wx", 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await flush(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw failed(folder, "cannot be written", error);
  }
}

async function flush(folder: string): Promise<void> {
  if (process.platform === "win32") return; // folders cannot be opened there
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readIfThere(folder: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw failed(folder, "cannot be read", error);
  }
}

async function namesIn(folder: string, path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isCode(error, "ENOENT")) return [];
    throw failed(folder, "cannot be read", error);
  }
}

async function refuseMissing(folder: string): Promise<void> {
  try {
    await readdir(folder);
  } catch (error) {
    throw failed(folder, "is not there", error);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function failed(folder: string, what: string, error: unknown): AnchorwatchError {
  const hint = "Is the share mounted, and may the user of this process write there?";
  return new AnchorwatchError("ledger_anchor_failed", `The anchor ${folder} ${what}: ${messageOf(error)}`, {
    hint,
    location: { file: folder },
    cause: error,
  });
}
