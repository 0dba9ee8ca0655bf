/** Deployments of a stack that are to wait: the gate says no while one is in force. */
import type { LabelSetKey, Visible } from "../domain/labels.ts";
import type { Page } from "./page.ts";
import type { StackId } from "./stack.ts";

export type FreezeId = string & { readonly __brand: "FreezeId" };

/** `thawed`: somebody ended it. `expired`: its time is over. */
export type FreezeState = "active" | "thawed" | "expired";

export interface FreezeRecord {
  readonly id: FreezeId;
  readonly stackId: StackId;
  readonly reason: string;
  /** Of the user; of a playbook `playbook:NAME`. */
  readonly by: string;
  readonly byName: string;
  readonly at: Date;
  /** Absent: until somebody thaws it. */
  readonly until?: Date;
  /** Of the playbook that did it. */
  readonly run?: string;
  readonly state: FreezeState;
  readonly updatedAt: Date;
  /** Why it ended, and who ended it. */
  readonly because?: string;
  readonly endedBy?: string;
  /** Counts its changes; for If-Match. */
  readonly version: number;
}

export interface FreezeFilter {
  readonly stackId?: StackId;
  readonly state?: FreezeState;
}

export interface FreezeRecords {
  /** Of a stack that is locked until the transaction ends. Those that were not ended yet, the oldest first. @throws AnchorwatchError `stack_unknown` */
  lockActive(stackId: StackId): Promise<readonly FreezeRecord[]>;
  save(freeze: FreezeRecord): Promise<void>;
  /** The one in force that lasts longest, the latest among equals. */
  inForce(stackId: StackId, now: Date): Promise<FreezeRecord | undefined>;
  /** With the labels of its stack. Undefined also when it is not visible. */
  byId(
    id: FreezeId,
    visible?: Visible,
  ): Promise<{ readonly freeze: FreezeRecord; readonly labelSet: LabelSetKey } | undefined>;
  /** Newest change first. */
  list(filter: FreezeFilter & Page & Visible): Promise<readonly FreezeRecord[]>;
  /** Stacks of which one is over by then, and was not ended yet. */
  expired(now: Date, limit: number): Promise<readonly StackId[]>;
}
