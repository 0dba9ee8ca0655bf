/** What becomes of an alert when its drifts change, somebody answers, or time passes. Pure: the same twice changes nothing. */
import { isAtLeast, type Severity } from "../../domain/classification.ts";
import type { Alert, Answer, MemberCounts } from "../alert.ts";

export type AlertEvent =
  /** Its drifts are like this now. @param resolution why, where none is open any more */
  | {
      readonly kind: "drifts";
      readonly counts: MemberCounts;
      readonly resolution: string | undefined;
      /** One has joined that was not in it. */
      readonly hasJoined: boolean;
      /** One has joined that the answer is none for: it is critical, or none that was in it had its labels, so nobody was asked about them. */
      readonly isBeyondAnswer: boolean;
      readonly at: Date;
    }
  | { readonly kind: "acknowledged"; readonly answer: Answer }
  | { readonly kind: "snoozed"; readonly answer: Answer; readonly until: Date }
  /** Time has passed: snoozes end, and what nobody answered goes further up. */
  | { readonly kind: "passed"; readonly at: Date };

/** The same object where nothing changes. */
export function stepAlert(alert: Alert, event: AlertEvent): Alert {
  switch (event.kind) {
    case "drifts":
      return stepDrifts(alert, event);
    case "acknowledged":
      return acknowledge(alert, event.answer);
    case "snoozed":
      return snooze(alert, event.answer, event.until);
    case "passed":
      return pass(alert, event.at);
  }
}

/** When `passed` would change something next. */
export function nextMoment(alert: Alert): Date | undefined {
  if (alert.status === "resolved") return undefined;
  if (alert.snoozed !== undefined) return alert.snoozed.until;
  if (alert.acknowledged !== undefined) return undefined;
  const step = alert.ladder[alert.escalation];
  return step && new Date(alert.begunAt.getTime() + step.afterMs);
}

/** Channels that it has escalated to since it began. */
export function escalatedTo({ ladder, escalation }: Alert): readonly string[] {
  return [...new Set(ladder.slice(0, escalation).flatMap(({ to }) => to))];
}

function stepDrifts(alert: Alert, event: Extract<AlertEvent, { kind: "drifts" }>): Alert {
  const { counts, at, hasJoined, isBeyondAnswer } = event;
  if (counts.open === 0) return resolve(alert, event);
  const joined = hasJoined ? { joinedAt: at } : {};
  if (alert.status === "resolved") return begin(alert, counts, at);
  const changed: Alert = {
    ...alert,
    ...joined,
    severity: counts.severity,
    class: counts.class,
    updatedAt: at,
  };
  const isAnswered = alert.acknowledged !== undefined || alert.snoozed !== undefined;
  return isWorseThanAnswered(alert, counts.severity) || (isAnswered && isBeyondAnswer)
    ? raise(changed)
    : changed;
}

/** It begins again: nothing that was answered before is an answer to this. */
function begin(alert: Alert, { severity, class: kind }: MemberCounts, at: Date): Alert {
  const { resolvedAt: _, resolution: __, ...before } = unanswered(alert);
  return {
    ...before,
    ...{ status: "open", severity, class: kind, escalation: 0 },
    ...{ begunAt: at, updatedAt: at, joinedAt: at, times: alert.times + 1 },
  };
}

function resolve(alert: Alert, { at, resolution }: Extract<AlertEvent, { kind: "drifts" }>): Alert {
  if (alert.status === "resolved") return alert;
  const { snoozed: _, ...rest } = alert;
  return {
    ...rest,
    ...{ status: "resolved", updatedAt: at, resolvedAt: at },
    ...(resolution === undefined ? {} : { resolution }),
  };
}

function acknowledge(alert: Alert, answer: Answer): Alert {
  if (alert.status === "resolved" || alert.acknowledged !== undefined) return alert;
  const { snoozed: _, ...rest } = alert;
  return { ...rest, updatedAt: answer.at, acknowledged: { ...answer, severity: alert.severity } };
}

function snooze(alert: Alert, answer: Answer, until: Date): Alert {
  if (alert.status === "resolved" || until <= answer.at) return alert;
  if (alert.snoozed?.until.getTime() === until.getTime()) return alert;
  return { ...alert, updatedAt: answer.at, snoozed: { ...answer, until, severity: alert.severity } };
}

function pass(alert: Alert, at: Date): Alert {
  const due = nextMoment(alert);
  if (due === undefined || due > at) return alert;
  if (alert.snoozed !== undefined) return { ...raise(alert), updatedAt: at };
  const steps = alert.ladder.filter(({ afterMs }) => alert.begunAt.getTime() + afterMs <= at.getTime());
  return { ...alert, escalation: steps.length, raised: alert.raised + 1, updatedAt: at };
}

function isWorseThanAnswered({ acknowledged, snoozed }: Alert, severity: Severity): boolean {
  const answered = snoozed?.severity ?? acknowledged?.severity;
  return answered !== undefined && !isAtLeast(answered, severity);
}

/** Brought up again, and unanswered. */
function raise(alert: Alert): Alert {
  return { ...unanswered(alert), raised: alert.raised + 1 };
}

function unanswered({ acknowledged: _, snoozed: __, ...alert }: Alert): Alert {
  return alert;
}
