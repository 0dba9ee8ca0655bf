/** What the writer asks of the search index: whether an id is in the log already. The log itself stays the truth. */

/** Up to which entry an index goes, and the root (base64) of that tree where it was told. */
export interface CoveredTree {
  readonly size: number;
  readonly root: string | undefined;
}

export interface IdIndex {
  /** How many entries of the log it covers, from the first. */
  size(): number;
  /** Entries follow those covered; `root` (base64) is that of the tree which ends with the last of them. */
  add(entries: readonly { readonly index: number; readonly bytes: Uint8Array }[], root?: string): void;
  /** Index of the first entry with that id. */
  indexOf(id: string): number | undefined;
  close(): void;
}

/** Opens the index. `agrees` says whether the log has that tree; an index that it does not agree with begins anew, empty. */
export type OpenIdIndex = (agrees: (covered: CoveredTree) => Promise<boolean>) => Promise<IdIndex>;
