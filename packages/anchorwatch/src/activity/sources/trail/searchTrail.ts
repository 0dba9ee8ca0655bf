/** What a trail tells of some time: asked for when a sweep found something that no event had told. */
import type { ReadRecord } from "../../../domain/auditEvent.ts";
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";
import { type FileLimits, recordsOfFile } from "../logFile.ts";
import { type ListedFile, listFiles, listFolders, type TrailPlace } from "./listing.ts";

export interface TrailSearch extends TrailPlace {
  /** Name of the event source that the events are said to come from. */
  readonly source: string;
  readonly from: Date;
  readonly to: Date;
  /** The time that it is: nothing later has been written. */
  readonly now: Date;
  readonly signal: AbortSignal;
  /** Files that are read at most; 2,000 unless told. */
  readonly mostFiles?: number;
  readonly limits?: FileLimits;
}

export interface SearchOutcome {
  /** Files that were read. */
  readonly files: number;
  /** Files of that time that were not read since there were too many: the oldest. */
  readonly leftOut: number;
  /** Why some others could not be read, in a sentence. */
  readonly problem?: string;
}

const MOST_FILES = 2000;
/** Files tell of what was before them: a quarter of an hour as a rule. */
const LATEST_MS = 60 * 60 * 1000;

/**
 * Gives the records whose time is in the window, both ends included, the newest file first; malformed ones as well, since what they
 * would have told may be what was asked for. A file that cannot be read holds up no other.
 * @throws AnchorwatchError `trail_*`, and whatever `keep` throws
 */
export async function searchTrail(
  search: TrailSearch,
  keep: (batch: readonly ReadRecord[]) => Promise<void>,
): Promise<SearchOutcome> {
  const { files, leftOut } = await newestFiles(search);
  let read = 0;
  let problem: string | undefined;
  for (const file of files) {
    try {
      await searchFile(search, file, keep);
      read += 1;
    } catch (error) {
      search.signal.throwIfAborted();
      if (!(error instanceof AnchorwatchError) || !error.code.startsWith("event_file_")) throw error;
      problem ??= messageOf(error);
    }
  }
  return { files: read, leftOut, ...(problem === undefined ? {} : { problem }) };
}

async function searchFile(
  search: TrailSearch,
  { key }: ListedFile,
  keep: (batch: readonly ReadRecord[]) => Promise<void>,
): Promise<void> {
  const [from, to] = [search.from.getTime(), search.to.getTime()];
  const place = { bucket: search.bucket, key };
  for await (const batch of recordsOfFile(search.s3, place, search.source, search.signal, search.limits)) {
    search.signal.throwIfAborted();
    const inside = batch.filter((record) => isInside(record, from, to));
    if (inside.length > 0) await keep(inside);
  }
}

/** Of however many there are, no more than twice as many as are read are held at a time. */
async function newestFiles(
  search: TrailSearch,
): Promise<{ readonly files: readonly ListedFile[]; readonly leftOut: number }> {
  const { mostFiles = MOST_FILES } = search;
  const to = new Date(Math.min(search.to.getTime() + LATEST_MS, search.now.getTime() + LATEST_MS));
  let files: ListedFile[] = [];
  let all = 0;
  for (const folder of await listFolders(search, search.signal)) {
    const listed = await listFiles(search, folder, { from: search.from, to }, search.signal);
    all += listed.length;
    files = [...files, ...listed]
      .sort((one, other) => other.time.getTime() - one.time.getTime() || (one.key < other.key ? -1 : 1))
      .slice(0, mostFiles);
  }
  return { files, leftOut: all - files.length };
}

function isInside(record: ReadRecord, from: number, to: number): boolean {
  if (record.kind === "malformed") return true;
  const time = (record.kind === "change" ? record.event.time : record.time).getTime();
  return time >= from && time <= to;
}
