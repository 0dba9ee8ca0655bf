/** How far a trail was read. Files come late and in any order, so the last hour is looked through again, and what was read is known. */

/** A file, and when it was written, by its name. */
export interface WrittenFile {
  readonly key: string;
  readonly time: Date;
}

/** Kept between runs, for whoever reads the trail next. One reader of a trail at a time. */
export interface TrailProgress {
  /** All files that were written before have been read, or put aside. */
  since(): Promise<Date | undefined>;
  /** Of these keys, those of files that were read or put aside. */
  known(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Files that could not be read, those first that were not tried for the longest time. */
  aside(limit: number): Promise<readonly WrittenFile[]>;
  /** All that it tells has been kept. */
  read(file: WrittenFile): Promise<void>;
  putAside(file: WrittenFile, at: Date): Promise<void>;
  moveTo(since: Date): Promise<void>;
}

/** CloudTrail delivers within 15 minutes as a rule, and sometimes much later. */
export const OVERLAP_MS = 60 * 60 * 1000;
