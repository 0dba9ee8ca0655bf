/** A playbook that was set in motion by an event of a drift, step by step. */
import type { Severity } from "../domain/classification.ts";
import type { Visible } from "../domain/labels.ts";
import type { PlaybookEvent } from "../domain/playbookEvent.ts";
import type { DriftId, DriftStep } from "./drift.ts";
import type { Page } from "./page.ts";
import type { PlaybookCallRecords } from "./playbookCall.ts";
import type { RunId } from "./runId.ts";
import type { StackId } from "./stack.ts";

/**
 * `done`: all steps that were to be taken were taken. `stopped`: a step said that the rest is not needed. `failed`: a step that must not
 * fail did, or nobody could tell whether the condition holds.
 */
export type RunStatus = "running" | "done" | "stopped" | "failed";

export interface PlaybookRun {
  readonly id: RunId;
  /** One run of each: the same drift's same event sets the same playbook in motion once. */
  readonly key: string;
  readonly playbook: string;
  /** Of what the playbook said: under another one its steps are not taken. */
  readonly digest: string;
  readonly driftId: DriftId;
  readonly stackId: StackId;
  readonly event: PlaybookEvent;
  readonly status: RunStatus;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly endedAt?: Date;
  /** Why it did not go to its end. */
  readonly because?: string;
  readonly steps: readonly RunStep[];
  /** Nobody has done anything by then: its job is sent again. */
  readonly lookAt?: Date;
}

export interface RunStep {
  readonly kind: string;
  /** What it does, in a sentence. */
  readonly does: string;
  readonly status: "waiting" | "running" | "done" | "failed" | "stopped" | "skipped";
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  /** How often it was tried. */
  readonly attempts: number;
  /** What came of it, or what went wrong last. */
  readonly outcome?: string;
  /** Channels that were told already: they are not told again when others are tried again. */
  readonly told?: readonly string[];
}

export interface RunFilter {
  readonly stackId?: StackId;
  readonly driftId?: DriftId;
  readonly playbook?: string;
  readonly status?: RunStatus;
}

/** A step of a drift that may set playbooks in motion. */
export interface DriftMoment {
  readonly driftId: DriftId;
  /** Of the step, ever greater. */
  readonly number: string;
  readonly kind: DriftStep["kind"];
  readonly severity?: Severity;
  readonly isExcepted: boolean;
  /** Of the step before. */
  readonly before?: Severity;
  /** How often the drift was opened by then. */
  readonly times: number;
}

export interface PlaybookRecords {
  /** Takes what was noted, for good when the transaction ends; nobody else takes the same. */
  takeMoments(limit: number): Promise<readonly DriftMoment[]>;
  /** False: there is one of that key. */
  add(run: PlaybookRun): Promise<boolean>;
  save(run: PlaybookRun): Promise<void>;
  /** Nobody else changes it until the transaction ends. */
  lock(id: RunId): Promise<PlaybookRun | undefined>;
  byId(id: RunId, visible?: Visible): Promise<PlaybookRun | undefined>;
  /** Newest first. */
  list(filter: RunFilter & Page & Visible): Promise<readonly PlaybookRun[]>;
  /** Those that run, and of which somebody has to look whether they still do. */
  overdue(now: Date, limit: number): Promise<readonly PlaybookRun[]>;
  /** Those that ended and began before, or are not among the latest so many. @returns how many */
  forget(before: Date, most: number): Promise<number>;
  readonly calls: PlaybookCallRecords;
}
