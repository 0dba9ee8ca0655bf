/** How far a trail was read. Files come late and in any order, so the last hour is looked through again, and what was read is known. */
/** Plain JSON, for whoever keeps it. */
export interface TrailCursor {
  /** Everything that was written before has been read. RFC 3339. */
  readonly since: string;
  /** Keys of the files since then that have been read. */
  readonly read: readonly string[];
}

/** Where the cursor is kept between runs. One reader of a trail at a time. */
export interface CursorPlace {
  load(): Promise<TrailCursor | undefined>;
  save(cursor: TrailCursor): Promise<void>;
}

/** CloudTrail delivers within 15 minutes as a rule, and sometimes much later. */
export const OVERLAP_MS = 60 * 60 * 1000;

/** One look through all of a trail. */
export interface Look {
  readonly since: string;
  /** Keys of what has been read, this time and before. */
  readonly read: Set<string>;
  readonly failed: { readonly time: Date; readonly error: Error }[];
}

/** Where the next look begins: never behind a file that could not be read. */
export function advance({ since, read, failed }: Look, now: Date): TrailCursor {
  const oldest = Math.min(now.getTime() - OVERLAP_MS, ...failed.map(({ time }) => time.getTime()));
  const next = new Date(Math.max(Date.parse(since), oldest));
  return { since: next.toISOString(), read: [...read].filter((key) => !isBefore(key, next)).sort() };
}

/** By the time in the name: `…_20260102T0305Z_…`. */
function isBefore(key: string, since: Date): boolean {
  const [, day, hour, minute] = /_(\d{8})T(\d\d)(\d\d)/.exec(key) ?? [];
  if (day === undefined) return true;
  const stamp = since.toISOString().replace(/[-:]/g, "");
  return `${day}T${hour}${minute}` < stamp.slice(0, 13);
}
