/** One alert: a conversation about one drift, or about all drifts of one cause. */
import type { DriftClass, Severity } from "../domain/classification.ts";
import type { Cause } from "./grouping/cause.ts";

export type AlertId = string & { readonly __brand: "AlertId" };

export interface Alert {
  readonly id: AlertId;
  readonly cause: Cause;
  /** `resolved`: none of its drifts is open any more. It may begin again. */
  readonly status: "open" | "resolved";
  /** The worst of the drifts that are open; once resolved, what it was at last. */
  readonly severity: Severity;
  readonly class: DriftClass;
  readonly openedAt: Date;
  /** When it began for the last time; what escalates counts from here. */
  readonly begunAt: Date;
  readonly updatedAt: Date;
  /** When the last drift joined. */
  readonly joinedAt: Date;
  readonly resolvedAt?: Date;
  /** Why it is over: `reverted`, `accepted until 2026-03-01`. */
  readonly resolution?: string;
  /** How often it began. */
  readonly times: number;
  readonly acknowledged?: Acknowledgement;
  readonly snoozed?: Snooze;
  /** How often it was brought up again: nobody answered, a snooze ended, it got worse than what was acknowledged. */
  readonly raised: number;
  /** Steps that were taken since it began, since nobody answered. */
  readonly escalation: number;
  /** What is done when nobody answers, of all routes that its drifts took; by time. */
  readonly ladder: readonly EscalationStep[];
}

export interface Answer {
  readonly at: Date;
  /** Id and name of the user. */
  readonly by: string;
  readonly byName: string;
  readonly reason?: string;
}

/** `severity` is what was acknowledged: what gets worse than that is brought up again. */
export type Acknowledgement = Answer & { readonly severity: Severity };
export type Snooze = Answer & { readonly until: Date; readonly severity: Severity };

export interface EscalationStep {
  /** Milliseconds since it began. */
  readonly afterMs: number;
  /** Names of channels. */
  readonly to: readonly string[];
}

/** A drift, or something that no stack has, as part of an alert. */
export interface Member {
  readonly drift: string;
  readonly joinedAt: Date;
  /** It is open, and nobody has accepted it. */
  readonly isOpen: boolean;
  readonly severity: Severity;
  readonly class: DriftClass;
  /** Channels that its routes lead to: nobody else is told of it. */
  readonly channels: readonly string[];
  /** Where it goes when nobody answers. */
  readonly further: readonly string[];
}

/** Of those members that somebody is told of, or may see. */
export interface MemberCounts {
  readonly total: number;
  readonly open: number;
  /** The worst of those that are open; where none is, of all. */
  readonly severity: Severity;
  readonly class: DriftClass;
}
