/** What is kept of trails in buckets. */

/** How far trails in buckets were read and checked. A name says which source it is, and where it lies. */
export interface TrailRecords {
  of(name: string): ReadTrail;
}

/** One reads at a time; whoever comes after it, on whichever machine, goes on where it stopped. */
export interface ReadTrail {
  /** All files that were written before have been read, or put aside. */
  since(): Promise<Date | undefined>;
  /** Of these keys, those of files that were read or put aside. Made for 10,000 at once. */
  known(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Files that could not be read, those first that were not tried for the longest time. */
  aside(limit: number): Promise<readonly WrittenFile[]>;
  read(file: WrittenFile): Promise<void>;
  /** It could not be read `at` that time, and is tried again. */
  putAside(file: WrittenFile, at: Date): Promise<void>;
  moveTo(since: Date): Promise<void>;
  /** Chains of digests, as far as they were checked. */
  chains(): Promise<readonly CheckedChainMark[]>;
  /** `problem` absent: what was wrong the last time is kept, with its time. */
  chainChecked(mark: CheckedChainMark): Promise<void>;
}

/** `time`: when it was written, by its name. */
export interface WrittenFile {
  readonly key: string;
  readonly time: Date;
}

export interface CheckedChainMark {
  readonly chain: string;
  /** Of everything before it is known whether it is what was written. */
  readonly until: Date;
  /** What was found wrong the last time that something was. */
  readonly problem?: string;
  readonly problemAt?: Date;
}
