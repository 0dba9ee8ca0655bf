/** Lists come in pages. */
export interface Page {
  readonly limit: number;
  /** Only what comes behind this in the list. */
  readonly after?: PagePosition;
}

/** Where a record stands, or stood, in a sorted list. A record that moved meanwhile may come twice; none that stayed is left out. */
export interface PagePosition {
  /** What the list is sorted by: a name, or a time in RFC 3339, UTC, milliseconds; empty: it has none. */
  readonly value: string;
  readonly id: string;
}
