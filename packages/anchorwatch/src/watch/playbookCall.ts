/** What a playbook told a channel: once for all drifts of one cause, brought up to date with them, and ended when all of them are over. */
import type { Severity } from "../domain/classification.ts";
import type { PlaybookEvent } from "../domain/playbookEvent.ts";
import type { DriftId } from "./drift.ts";
import type { RunId } from "./runId.ts";
import type { StackId } from "./stack.ts";

/** The channel knows what it was told by this. */
export type CallId = string & { readonly __brand: "CallId" };

/** `opening`: the run that began it is telling the channel. `failed`: it could not be told, or could not be told of the end. */
export type CallStatus = "opening" | "open" | "ended" | "failed";

export interface PlaybookCall {
  readonly id: CallId;
  /** Of the run that began it, counted from 0. */
  readonly run: RunId;
  readonly step: number;
  /** `notify`, `page`, `incident`. */
  readonly kind: string;
  readonly playbook: string;
  readonly event: PlaybookEvent;
  /** Its name. */
  readonly channel: string;
  /** Only what is told at the same place is told as one: a step of a playbook, an event, a channel. */
  readonly place: string;
  /** Of the cause, or of the storm. */
  readonly key: string;
  /** Of the first drift: what storms are counted by. */
  readonly stack: StackId;
  readonly principal?: string;
  readonly status: CallStatus;
  readonly openedAt: Date;
  readonly joinedAt: Date;
  readonly updatedAt: Date;
  /** What finds it again. */
  readonly reference?: Readonly<Record<string, string>>;
  /** What the channel was told last, and how often. */
  readonly told?: CallCounts & { readonly times: number };
  readonly toldAt?: Date;
  /** Since then it has not been reached, so often. */
  readonly failingSince?: Date;
  readonly failures?: number;
}

export interface CallCounts {
  readonly total: number;
  /** That are there, and nobody has accepted. */
  readonly open: number;
}

export interface PlaybookCallRecords {
  /** Nobody else begins or joins one of that place until the transaction ends. */
  lockPlace(place: string): Promise<void>;
  /** Those not ended that were joined since then, the newest first. */
  recent(place: string, since: Date): Promise<readonly PlaybookCall[]>;
  save(call: PlaybookCall): Promise<void>;
  /** The run's drift is told of there. */
  join(call: CallId, run: RunId, drift: DriftId): Promise<void>;
  /** The one at that place that the run has begun or joined, unless it failed. */
  ofRun(run: RunId, place: string): Promise<PlaybookCall | undefined>;
  /** Nobody else changes it until the transaction ends. */
  lock(id: CallId): Promise<PlaybookCall | undefined>;
  /** Of its drifts. */
  counts(id: CallId): Promise<CallCounts & { readonly severity?: Severity }>;
  /** Those that are open first. */
  drifts(id: CallId, limit: number): Promise<readonly DriftId[]>;
  /** Those not ended that tell of one of these drifts. */
  about(drifts: readonly DriftId[]): Promise<readonly CallId[]>;
  /** What that step began to tell, and could not. */
  giveUp(run: RunId, step: number, now: Date): Promise<void>;
  /** Those that ended before. @returns how many */
  forget(before: Date): Promise<number>;
}
