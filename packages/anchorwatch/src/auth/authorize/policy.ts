/** One policy in force, whoever wrote it. */
export interface Policy {
  /** Its `@id`, else `FILE#2`, counted from 1. Unique among all that are in force. */
  readonly id: string;
  readonly effect: "permit" | "forbid";
  /** Its `@means`: the same in words, for people. */
  readonly means?: string;
  readonly origin: "built-in" | "config";
  /** Of the operator's: where it begins. */
  readonly source?: { readonly file: string; readonly line: number };
  /** Cedar, as it was written. */
  readonly text: string;
}
