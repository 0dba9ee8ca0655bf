/** Whether a channel is to be told of an alert now, and as what. Pure, and it knows what the channel was told last. */
import { isAtLeast, type Severity } from "../../domain/classification.ts";
import type { Delivery } from "../channel.ts";
import type { AlertMessage } from "../message/message.ts";

export type TellStep = Delivery["step"];

/** What a channel was told last of an alert. */
export interface Told {
  readonly step: TellStep;
  readonly status: AlertMessage["status"];
  readonly severity: Severity;
  /** How often the alert had begun, and had been brought up again. */
  readonly times: number;
  readonly raised: number;
  /** Drifts in all. */
  readonly total: number;
  /** Of all that it says. */
  readonly content: string;
  readonly at: Date;
  /** Since it began: how often it was told that more drifts joined, or something smaller changed. */
  readonly updates: number;
  /** How often it was told that it begins. */
  readonly opens: number;
}

/** What is to be said now. */
export type Standing = Omit<Told, "step" | "at" | "updates" | "opens">;

export interface Telling {
  readonly step: TellStep;
  /** It need not be told at once: what changes next can be told with it. */
  readonly notBefore: Date | undefined;
}

/**
 * Undefined: it has been told, or is not worth a message.
 * @param canUpdate what was sent can be changed in place; otherwise only what is worth another message is told
 */
export function tellingOf(told: Told | undefined, now: Standing, canUpdate: boolean): Telling | undefined {
  if (told === undefined || told.step === "resolve") return openingOf(now);
  if (now.status === "resolved") return atOnce("resolve");
  if (told.content === now.content) return undefined;
  if (isWorse(told, now)) return atOnce("update");
  // What is over here has begun again, and the end of it came to be told never.
  if (now.times > told.times) return atOnce("open");
  if (now.status === "acknowledged" && told.status !== "acknowledged")
    return canUpdate ? atOnce("acknowledge") : undefined;
  if (canUpdate) return { step: "update", notBefore: later(told, IN_PLACE_MS) };
  if (now.status !== "open" || now.total <= told.total) return undefined;
  return { step: "update", notBefore: later(told, ANEW_MS) };
}

/** What ended before anybody was told is told to nobody; what is snoozed waits. */
function openingOf({ status }: Standing): Telling | undefined {
  return status === "resolved" || status === "snoozed" ? undefined : atOnce("open");
}

function isWorse(told: Told, now: Standing): boolean {
  return now.raised > told.raised || !isAtLeast(told.severity, now.severity);
}

function atOnce(step: TellStep): Telling {
  return { step, notBefore: undefined };
}

/** Pauses before the first small change is told, the second …: a storm is a handful of changes, not thousands. */
const IN_PLACE_MS = [10_000, 30_000, 120_000, 600_000];
/** The same where each is another message. */
const ANEW_MS = [30_000, 600_000, 3_600_000];

function later({ at, updates }: Told, pauses: readonly number[]): Date {
  const pause = pauses[Math.min(updates, pauses.length - 1)] ?? 0;
  return new Date(at.getTime() + pause);
}

/** What it was told, to be kept. */
export function toldNow(told: Told | undefined, now: Standing, step: TellStep, at: Date): Told {
  const isOpening = step === "open";
  return {
    ...{ ...now, step, at },
    updates: step === "update" ? (told?.updates ?? 0) + 1 : 0,
    opens: (told?.opens ?? 0) + (isOpening ? 1 : 0),
  };
}
