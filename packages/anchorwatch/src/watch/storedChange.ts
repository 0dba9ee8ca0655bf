/** What just became different, told to every process as soon as it is stored, whoever stored it. */
import type { DriftRecord, DriftStep } from "./drift.ts";
import type { CheckRecord, DetectorStatus, StoredEvent } from "./records.ts";
import type { StackStatus } from "./stack.ts";

/** Records are as they are when it is told: of two steps at once, both come with the second one's drift. */
export type StoredChange =
  | { readonly kind: "drift"; readonly step: DriftStep["kind"]; readonly drift: DriftRecord }
  /** `health` is `gone` when it was removed. */
  | { readonly kind: "stack"; readonly stack: StackStatus }
  | { readonly kind: "check"; readonly check: CheckRecord }
  /** A detector died or came back. */
  | { readonly kind: "detector"; readonly detector: DetectorStatus }
  /** An event that touched something which a stack knows. */
  | { readonly kind: "event"; readonly event: StoredEvent };

/** `missed`: something may have been stored that is not told; whoever needs it has to look. */
export type HeardChange = StoredChange | { readonly kind: "missed" };

export interface ChangeFeed {
  /** Calls back, in the order of the commits, until the function that it returns is called. The listener never throws. */
  subscribe(listener: (change: HeardChange) => void): () => void;
  close(): Promise<void>;
}
