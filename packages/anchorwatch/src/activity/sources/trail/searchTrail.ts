/** What a trail tells of some time: asked for when a sweep found something that no event had told. */
import type { ReadRecord } from "../../../domain/auditEvent.ts";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { type FileLimits, recordsOfFile } from "../logFile.ts";
import { type ListedFile, listFiles, listFolders, type TrailPlace } from "./listing.ts";

export interface TrailSearch extends TrailPlace {
  /** Name of the event source that the events are said to come from. */
  readonly source: string;
  readonly from: Date;
  readonly to: Date;
  /** The time that it is: nothing later has been written. */
  readonly now: Date;
  /** Only these; unless told, all that the trail has. */
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  readonly signal: AbortSignal;
  /** Files that are read at most; 5,000 unless told. */
  readonly mostFiles?: number;
  readonly limits?: FileLimits;
}

const MOST_FILES = 5000;
/** Files tell of what was before them: a quarter of an hour as a rule. */
const LATEST_MS = 60 * 60 * 1000;

/**
 * The records whose time is in the window, both ends included, in the order of the files; malformed ones as well, since what they
 * would have told may be what was asked for.
 * @throws AnchorwatchError `trail_*`, `event_file_*`
 */
export async function* searchTrail(search: TrailSearch): AsyncGenerator<readonly ReadRecord[], void, void> {
  const [from, to] = [search.from.getTime(), search.to.getTime()];
  for (const { key } of await filesOf(search)) {
    const place = { bucket: search.bucket, key };
    const batches = recordsOfFile(search.s3, place, search.source, search.signal, search.limits);
    for await (const batch of batches) {
      search.signal.throwIfAborted();
      const inside = batch.filter((record) => isInside(record, from, to));
      if (inside.length > 0) yield inside;
    }
  }
}

async function filesOf(search: TrailSearch): Promise<readonly ListedFile[]> {
  const { accounts, regions, mostFiles = MOST_FILES } = search;
  const to = new Date(Math.min(search.to.getTime(), search.now.getTime()) + LATEST_MS);
  const files: ListedFile[] = [];
  for (const folder of await listFolders(search, search.signal)) {
    if (accounts?.includes(folder.account) === false || regions?.includes(folder.region) === false) continue;
    files.push(...(await listFiles(search, folder, { from: search.from, to }, search.signal)));
    if (files.length > mostFiles) throw tooMuch(search, mostFiles);
  }
  return files;
}

function isInside(record: ReadRecord, from: number, to: number): boolean {
  if (record.kind === "malformed") return true;
  const time = (record.kind === "change" ? record.event.time : record.time).getTime();
  return time >= from && time <= to;
}

function tooMuch({ bucket, from, to }: TrailSearch, most: number): AnchorwatchError {
  const window = `${from.toISOString()} and ${to.toISOString()}`;
  return new AnchorwatchError(
    "trail_too_much",
    `s3://${bucket} has more than ${most} log files between ${window}; none was read`,
    { hint: "Ask for a shorter time, or for some accounts and regions only." },
  );
}
