/** The search index beside a log in a folder, for those who only read: used where it can be, and never made or mended. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import type { Covered } from "../../ledger/index/ledgerIndex.ts";
import { readLedgerIndex, type SearchIndex } from "../../ledger/index/open.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import type { OpenedLog } from "../../ledger/read/openedLog.ts";
import { privateFolderOf } from "../../ledger/storage/directory/directoryStorage.ts";

/** Undefined: there is none that this user may read, or it is of no use, which is a warning. Everything has to be read then. */
export async function searchIndexOf(
  place: LogPlace,
  log: OpenedLog,
  onWarning: (warning: Warning) => void,
): Promise<SearchIndex | undefined> {
  if (place.kind !== "folder") return undefined;
  const path = join(privateFolderOf(place.path), "index.sqlite");
  return await searchIndexAt(path, async () => log, onWarning);
}

/**
 * The index in that file, with the same care.
 * @param logFor of at least that many entries: the log is opened after the index, which grows meanwhile
 */
export async function searchIndexAt(
  path: string,
  logFor: (size: number) => Promise<OpenedLog>,
  onWarning: (warning: Warning) => void,
): Promise<SearchIndex | undefined> {
  const isThere = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isThere) return undefined;
  let index: SearchIndex | undefined;
  try {
    index = readLedgerIndex(path);
    const covered = index.covered();
    const why = await misfit(covered, await logFor(covered.size));
    if (why === undefined) return index;
    onWarning(notUsed(`The search index ${path} is not used: ${why}`));
  } catch (error) {
    if (!isIndexUnusable(error)) {
      index?.close();
      throw error;
    }
    onWarning(notUsed(error.message));
  }
  index?.close();
  return undefined;
}

export function isIndexUnusable(error: unknown): error is AnchorwatchError {
  return error instanceof AnchorwatchError && error.code === "ledger_index_unusable";
}

export function notUsed(message: string): Warning {
  return {
    code: "ledger_index_unusable",
    message,
    hint: "Everything is read instead, which takes longer. The log's next writer makes the index anew.",
  };
}

/** Why the index does not speak of this log as it was opened. */
async function misfit({ size, root }: Covered, log: OpenedLog): Promise<string | undefined> {
  const most = log.checkpoint.size;
  if (size > most) return `it covers ${size} entries, and the log has ${most}`;
  const isOfThisLog = size === 0 || (root !== undefined && (await log.rootAt(size)) === root);
  return isOfThisLog ? undefined : "it is of other entries than the log has";
}
