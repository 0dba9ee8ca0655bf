import type { VerifierKey } from "tlog";
import type { Warning } from "../../domain/errors.ts";
import type { LedgerQuery } from "../../ledger/index/query.ts";
import { type ExportFormat, exportEntries } from "../../ledger/read/export.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { asksAboutEntries } from "../../ledger/read/matches.ts";
import type { OpenedLog } from "../../ledger/read/openedLog.ts";
import { type FoundEntry, search } from "../../ledger/read/search.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import { openForReading } from "./openForReading.ts";
import { isIndexUnusable, notUsed, searchIndexOf } from "./searchIndexOf.ts";
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

export interface ExportObserver extends LedgerObserver {
  /** A search index that cannot be used. */
  readonly onWarning: (warning: Warning) => void;
}

/** @throws AnchorwatchError as `openForReading` does; the pieces as reading a log does */
export async function exportLedger(
  request: ExportRequest,
  machine: LedgerMachine,
  observer: ExportObserver,
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
  { progress, onWarning }: ExportObserver,
): AsyncIterable<FoundEntry> {
  const index = asksAboutEntries(query) ? await searchIndexOf(place, log, onWarning) : undefined;
  const end = Math.min(query.toIndex ?? log.checkpoint.size, log.checkpoint.size);
  let next = query.fromIndex ?? 0;
  const passed = (entry: FoundEntry) => {
    next = entry.index + 1;
    progress(next, end);
    return entry;
  };
  try {
    for await (const entry of search(log, query, index)) yield passed(entry);
    return;
  } catch (error) {
    if (!isIndexUnusable(error)) throw error;
    onWarning(notUsed(error.message));
  } finally {
    index?.close();
  }
  // Without the index, from where it failed.
  for await (const entry of search(log, { ...query, fromIndex: next })) yield passed(entry);
}
