/** Whom a stream is for, and what of a change he may hear. */
import type { LabelSetKey } from "../../domain/labels.ts";

export interface StreamReader {
  /** Of stacks that he may see. */
  readonly visible: ReadonlySet<LabelSetKey>;
  /** Of accounts that he may see. */
  readonly visibleAccounts: ReadonlySet<LabelSetKey>;
  /** About sets of labels with a higher number nothing was decided yet when he came. */
  readonly decidedUpTo: LabelSetKey | 0;
  /** He may see the watch as a whole. */
  readonly seesWatch: boolean;
  /** Id of the only stack that he wants to hear of. */
  readonly stackId?: string;
}

/** `undecided`: he has to come again before anybody knows whether he may hear it. */
export type Hearing<Heard> = Heard | "nothing" | "undecided";

export function hearsOf(reader: StreamReader, stackId: string, labelSet: LabelSetKey): Hearing<"all"> {
  if (reader.stackId !== undefined && reader.stackId !== stackId) return "nothing";
  if (labelSet > reader.decidedUpTo) return "undecided";
  return reader.visible.has(labelSet) ? "all" : "nothing";
}

export function hearsOfAccount(reader: StreamReader, labelSet: LabelSetKey): Hearing<"all"> {
  if (reader.stackId !== undefined) return "nothing";
  if (labelSet > reader.decidedUpTo) return "undecided";
  return reader.visibleAccounts.has(labelSet) ? "all" : "nothing";
}
