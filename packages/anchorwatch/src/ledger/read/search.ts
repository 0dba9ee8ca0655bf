/** Entries that are looked for, out of a verified log: through the search index where there is one, else by reading everything. */

import { decodeEntry } from "../entry/entry.ts";
import type { DecodedEntry } from "../entry/form.ts";
import type { LedgerIndex } from "../index/ledgerIndex.ts";
import type { LedgerQuery } from "../index/query.ts";
import { matches } from "./matches.ts";
import type { LogEntry, OpenedLog } from "./openedLog.ts";

export interface FoundEntry extends LogEntry {
  readonly decoded: DecodedEntry;
}

/**
 * In the order of the log. `index` only says where to look: each entry is read from the log, proven and looked at again. What the
 * index does not cover yet is read.
 */
export async function* search(
  log: OpenedLog,
  query: LedgerQuery,
  index?: Pick<LedgerIndex, "size" | "search">,
): AsyncIterable<FoundEntry> {
  const end = Math.min(query.toIndex ?? Number.MAX_SAFE_INTEGER, log.checkpoint.size);
  const start = query.fromIndex ?? 0;
  const covered = Math.min(index?.size() ?? 0, end);
  if (index !== undefined && start < covered) {
    for (const at of index.search({ ...query, toIndex: covered, newestFirst: false })) {
      yield* asked(await log.entry(at), query);
    }
  }
  const rest = Math.max(start, index === undefined ? 0 : covered);
  if (rest >= end) return;
  for await (const entry of log.entries(rest, end)) yield* asked(entry, query);
}

function* asked(entry: LogEntry, query: LedgerQuery): Iterable<FoundEntry> {
  const decoded = decodeEntry(entry.bytes);
  if (matches(decoded, entry.bytes, query)) yield { ...entry, decoded };
}
