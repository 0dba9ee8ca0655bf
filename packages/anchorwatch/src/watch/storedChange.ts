/** What just became different, told to every process as soon as it is stored, whoever stored it. */
import type { LabelSetKey } from "../domain/labels.ts";
import type { DriftRecord, DriftStep } from "./drift.ts";
import type { CheckRecord, DetectorStatus, StoredEvent } from "./records.ts";
import type { StackStatus } from "./stack.ts";

/** `labelSet` is that of its stack. Records are as they are when it is told: of two steps at once, both come with the second one's drift. */
export type StoredChange =
  | {
      readonly kind: "drift";
      readonly step: DriftStep["kind"];
      readonly drift: DriftRecord;
      readonly labelSet: LabelSetKey;
    }
  /** `health` is `gone` when it was removed. */
  | { readonly kind: "stack"; readonly stack: StackStatus }
  | { readonly kind: "check"; readonly check: CheckRecord; readonly labelSet: LabelSetKey }
  /** A detector died or came back. */
  | { readonly kind: "detector"; readonly detector: DetectorStatus }
  /** An event that touched something which a stack knows. */
  | {
      readonly kind: "event";
      readonly event: StoredEvent;
      /** Of the stacks that it touched. */
      readonly labelSets: ReadonlyMap<string, LabelSetKey>;
    }
  /** An alert began, changed or ended. */
  | {
      readonly kind: "alert";
      readonly id: string;
      readonly status: "open" | "resolved";
      readonly at: Date;
      /** Of the stacks of its drifts. */
      readonly labelSets: ReadonlyMap<string, LabelSetKey>;
      /** Of the accounts in which it tells of something that no stack has. */
      readonly accountLabelSets: readonly LabelSetKey[];
    }
  /** A user lost sessions, tokens or groups, or is not active any more; without `userId`: roles changed, and it may concern anybody. */
  | { readonly kind: "access"; readonly userId?: string };

/** `missed`: something may have been stored that is not told; whoever needs it has to look. */
export type HeardChange = StoredChange | { readonly kind: "missed" };

export interface ChangeFeed {
  /** Calls back, in the order of the commits, until the function that it returns is called. The listener never throws. */
  subscribe(listener: (change: HeardChange) => void): () => void;
  close(): Promise<void>;
}
