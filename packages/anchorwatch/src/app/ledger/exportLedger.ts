import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { VerifierKey } from "tlog";
import type { LedgerIndex } from "../../ledger/index/ledgerIndex.ts";
import { openLedgerIndex } from "../../ledger/index/open.ts";
import type { LedgerQuery } from "../../ledger/index/query.ts";
import { type ExportFormat, exportEntries } from "../../ledger/read/export.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { asksAboutEntries } from "../../ledger/read/matches.ts";
import type { OpenedLog } from "../../ledger/read/openedLog.ts";
import { type FoundEntry, search } from "../../ledger/read/search.ts";
import { privateFolderOf } from "../../ledger/storage/directory/directoryStorage.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import { openForReading } from "./openForReading.ts";
import type { LedgerObserver } from "./verifyLedger.ts";

export interface ExportRequest {
  readonly place: LogPlace;
  readonly keys: readonly VerifierKey[];
  readonly query: LedgerQuery;
  readonly format: ExportFormat;
  /** Of Anchorwatch. */
  readonly version: string;
}

export interface LedgerExport {
  readonly authenticated: boolean;
  /** Pieces of text, of whole lines each. Reading ends when nobody asks for more. */
  readonly pieces: AsyncIterable<string>;
}

/** @throws AnchorwatchError as `openForReading` does; the pieces as reading a log does */
export async function exportLedger(
  request: ExportRequest,
  machine: LedgerMachine,
  observer: LedgerObserver,
): Promise<LedgerExport> {
  const { place, keys, query, format, version } = request;
  const log = await openForReading(place, keys, machine, observer.signal);
  return {
    authenticated: log.signedBy.length > 0,
    pieces: exportEntries(log, found(log, place, query, observer), format, version),
  };
}

async function* found(
  log: OpenedLog,
  place: LogPlace,
  query: LedgerQuery,
  { progress }: LedgerObserver,
): AsyncIterable<FoundEntry> {
  const index = asksAboutEntries(query) ? await ownIndex(place, log) : undefined;
  const { size } = log.checkpoint;
  try {
    for await (const entry of search(log, query, index)) {
      progress(entry.index + 1, Math.min(query.toIndex ?? size, size));
      yield entry;
    }
  } finally {
    index?.close();
  }
}

/**
 * The search index beside a folder, where it is ours to read and speaks of this log. It is never made or mended here: that is
 * the writer's, who may be using it now.
 */
async function ownIndex(place: LogPlace, log: OpenedLog): Promise<LedgerIndex | undefined> {
  if (place.kind !== "folder") return undefined;
  const path = join(privateFolderOf(place.path), "index.sqlite");
  const isThere = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isThere) return undefined;
  const index = await openLedgerIndex({ path, agrees: async () => true });
  const { size, root } = index.covered();
  if (root !== undefined && size > 0 && size <= log.checkpoint.size && (await log.rootAt(size)) === root)
    return index;
  index.close();
  return undefined;
}
