/** What an open drift is silenced by. It stays open. */
export interface Excepted {
  /** Of an exception, or the place in the operator's file. */
  readonly id: string;
  readonly kind: "accept" | "ignore";
  readonly until: Date;
}
