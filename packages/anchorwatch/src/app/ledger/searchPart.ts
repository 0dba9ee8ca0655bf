/** A search through a log of any size in pieces of bounded work: each says where the next one begins. */
import { setImmediate } from "node:timers/promises";
import { decodeEntry } from "../../ledger/entry/entry.ts";
import type { SearchIndex } from "../../ledger/index/open.ts";
import type { LedgerQuery } from "../../ledger/index/query.ts";
import { asksAboutEntries, matches } from "../../ledger/read/matches.ts";
import type { LogEntry, OpenedLog } from "../../ledger/read/openedLog.ts";
import type { FoundEntry } from "../../ledger/read/search.ts";

export interface LedgerSearch {
  readonly query: Omit<LedgerQuery, "fromIndex" | "toIndex" | "newestFirst">;
  readonly newestFirst: boolean;
  readonly limit: number;
  /** The first index to be looked at; absent: the newest, or the oldest. */
  readonly at?: number;
}

export interface FoundPart {
  readonly entries: readonly FoundEntry[];
  /** Index where to go on; absent: there is nothing more. Perhaps nothing was found up to there. */
  readonly next?: number;
}

/** Entries whose bytes are read at a time, as in a bundle of the log; and at most for one piece. */
const BUNDLE = 256;
const MOST_READ = 16 * BUNDLE;
/** Entries over which the index is asked at a time, between which others get their turn; and at most for one piece. */
const WINDOW = 65_536;
const MOST_ASKED = 32 * WINDOW;
/** An entry may have 64 KiB. */
const MOST_BYTES = 8 * 1024 * 1024;

/** @param index only says where to look: each entry is read from the log, and looked at again */
export async function searchPart(
  log: OpenedLog,
  search: LedgerSearch,
  index: Pick<SearchIndex, "size" | "search"> | undefined,
): Promise<FoundPart> {
  const { size } = log.checkpoint;
  const { newestFirst, limit, query } = search;
  const covered = index === undefined || !asksAboutEntries(query) ? 0 : Math.min(index.size(), size);
  const found: FoundEntry[] = [];
  const budget = { bytes: 0, read: 0, asked: 0 };
  for (let at = search.at ?? (newestFirst ? size - 1 : 0); at >= 0 && at < size; ) {
    const isIndexed = at < covered;
    const window = isIndexed
      ? windowAt(at, newestFirst, WINDOW, { first: 0, end: covered })
      : windowAt(at, newestFirst, BUNDLE, { first: covered, end: size });
    const step = newestFirst ? -1 : 1;
    const candidates = isIndexed
      ? (index?.search({ ...query, newestFirst, fromIndex: window.first, toIndex: window.end }) ?? [])
      : indexesOf(window, newestFirst);
    for await (const entry of readBundles(log, candidates)) {
      budget.read += 1;
      const decoded = decodeEntry(entry.bytes);
      if (matches(decoded, entry.bytes, query)) {
        found.push({ ...entry, decoded });
        budget.bytes += entry.bytes.length;
      }
      const isDone = found.length >= limit || budget.bytes > MOST_BYTES || budget.read >= MOST_READ;
      if (isDone) return partOf(found, entry.index + step, size);
    }
    if (isIndexed) budget.asked += window.end - window.first;
    at = newestFirst ? window.first - 1 : window.end;
    if (budget.asked >= MOST_ASKED) return partOf(found, at, size);
    await setImmediate();
  }
  return { entries: found };
}

function partOf(entries: readonly FoundEntry[], next: number, size: number): FoundPart {
  // What is appended later is of no concern to who reads towards it: he gets it when he asks again from the start.
  return next >= 0 && next < size ? { entries, next } : { entries };
}

interface Range {
  readonly first: number;
  readonly end: number;
}

/** What is looked at next, from `at` on, inside of these bounds. */
function windowAt(at: number, newestFirst: boolean, width: number, { first, end }: Range): Range {
  const start = Math.floor(at / width) * width;
  return newestFirst
    ? { first: Math.max(first, start), end: at + 1 }
    : { first: at, end: Math.min(end, start + width) };
}

function* indexesOf({ first, end }: Range, newestFirst: boolean): Iterable<number> {
  if (newestFirst) for (let at = end - 1; at >= first; at--) yield at;
  else for (let at = first; at < end; at++) yield at;
}

/** The entries at these indexes, which are in order one way or the other; those of one bundle are read together. */
async function* readBundles(log: OpenedLog, indexes: Iterable<number>): AsyncIterable<LogEntry> {
  let bundle: number[] = [];
  for (const index of indexes) {
    const [first = index] = bundle;
    if (Math.floor(first / BUNDLE) !== Math.floor(index / BUNDLE)) {
      yield* readTogether(log, bundle);
      bundle = [];
    }
    bundle.push(index);
  }
  yield* readTogether(log, bundle);
}

async function* readTogether(log: OpenedLog, indexes: readonly number[]): AsyncIterable<LogEntry> {
  if (indexes.length === 0) return;
  const read = new Map<number, LogEntry>();
  for await (const entry of log.entries(Math.min(...indexes), Math.max(...indexes) + 1)) {
    read.set(entry.index, entry);
  }
  for (const index of indexes) {
    const entry = read.get(index);
    if (entry !== undefined) yield entry;
  }
}
