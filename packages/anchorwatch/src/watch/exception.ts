/** What people decided about drift: that it may stay until then, that it is of no interest, or that it is worse than it seems. */
import type { DriftClass, Severity } from "../domain/classification.ts";
import type { LabelSetKey, Labels, Visible } from "../domain/labels.ts";
import type { DriftId } from "./drift.ts";
import type { Page } from "./page.ts";
import type { StackId } from "./stack.ts";

export type { Excepted } from "./excepted.ts";

export type ExceptionId = string & { readonly __brand: "ExceptionId" };

export type ExceptionState = "active" | ExceptionEnd;
/** `expired`: its time is over. `rearmed`: what was accepted is not what is there any more. `revoked`: somebody took it back. */
export type ExceptionEnd = "expired" | "rearmed" | "revoked";

/** Of one stack. */
export type ExceptionRecord = {
  readonly id: ExceptionId;
  readonly stackId: StackId;
  readonly reason: string;
  /** Of the user. */
  readonly by: string;
  readonly byName?: string;
  readonly at: Date;
  readonly updatedAt: Date;
  readonly state: ExceptionState;
  /** Why it ended, in a sentence, and who ended it. */
  readonly because?: string;
  readonly endedBy?: string;
  /** Counts its changes; for If-Match. */
  readonly version: number;
} & (AcceptedDrift | IgnoredPattern | EscalatedPattern);

/** This drift, as it was found: what else it becomes is told again. */
export interface AcceptedDrift {
  readonly kind: "accept";
  readonly driftId: DriftId;
  /** Of what was found. */
  readonly digest: string;
  readonly until: Date;
  readonly evenCritical: boolean;
}

export interface IgnoredPattern {
  readonly kind: "ignore";
  readonly pattern: ExceptionPattern;
  readonly until: Date;
  readonly evenCritical: boolean;
}

export interface EscalatedPattern {
  readonly kind: "escalate";
  readonly pattern: ExceptionPattern;
  readonly raise: Raise;
  readonly until?: Date;
}

/** At least one of them. */
export interface Raise {
  /** At least this. */
  readonly severity?: Severity;
  readonly class?: Extract<DriftClass, "security">;
}

/** `*` stands for anything. What is absent matches everything. */
export interface ExceptionPattern {
  readonly type?: string;
  /** With or without instance keys. */
  readonly address?: string;
  /** Of attributes, `tags.*`: all that differs has to be there. */
  readonly path?: string;
}

/** What the operator's file says once for many stacks. It has no life of its own: it is there, or it is not. */
export type StandingException = {
  /** `anchorwatch.server.yaml:12` */
  readonly id: string;
  readonly reason: string;
  /** Name of the stack; `*` stands for anything. Absent: all. */
  readonly stack?: string;
  /** All of them. */
  readonly labels?: Labels;
} & (IgnoredPattern | EscalatedPattern);

export interface ExceptionFilter {
  readonly stackId?: StackId;
  readonly driftId?: DriftId;
  readonly kind?: ExceptionRecord["kind"];
  readonly state?: ExceptionState;
}

export interface ExceptionRecords {
  /** Of a stack that is locked until the transaction ends, so that its drifts are judged by them. Those that are active, the oldest first. */
  lockActive(stackId: StackId): Promise<readonly ExceptionRecord[]>;
  save(exception: ExceptionRecord): Promise<void>;
  /** With the labels of its stack. Undefined also when it is not visible. */
  byId(
    id: ExceptionId,
    visible?: Visible,
  ): Promise<{ readonly exception: ExceptionRecord; readonly labelSet: LabelSetKey } | undefined>;
  /** Newest change first. */
  list(filter: ExceptionFilter & Page & Visible): Promise<readonly ExceptionRecord[]>;
  /** Stacks of which one has expired by then. */
  expired(now: Date, limit: number): Promise<readonly StackId[]>;
}
