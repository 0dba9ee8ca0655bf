import { z } from "zod";
import type { Alert, MemberCounts } from "../../alerts/alert.ts";
import type { ChannelTotals, DeliveryRecord } from "../../alerts/records.ts";
import { SEVERITIES } from "../../domain/classification.ts";
import { count, maybeTime, schemaName, time, timeOf } from "./wire.ts";

const severity = z.enum(SEVERITIES);
const driftClass = z.enum(["security", "operational"]);
const answer = {
  at: time,
  by: z.string(),
  byName: z.string(),
  reason: z.string().optional(),
};

export const alertShape = z
  .object({
    schema: schemaName("alert"),
    id: z.string(),
    status: z.enum(["open", "resolved"]),
    severity: severity.meta({
      description: "The worst of its drifts that are open, of those that you may see.",
    }),
    class: driftClass,
    cause: z
      .object({
        kind: z.enum(["drift", "change", "actor", "stack", "everything"]),
        principal: z.string().optional(),
        name: z.string().optional().meta({ description: "Of the person." }),
        type: z.string().optional(),
        event: z.string().optional(),
      })
      .meta({ description: "What its drifts have in common." }),
    drifts: count.meta({ description: "Of those that you may see." }),
    openDrifts: count.meta({ description: "Of those that you may see." }),
    openedAt: time,
    begunAt: time.meta({ description: "When it began for the last time." }),
    updatedAt: time,
    resolvedAt: time.optional(),
    resolution: z.string().optional().meta({ description: "Why it is over." }),
    times: count.meta({ description: "How often it began." }),
    acknowledged: z.object(answer).optional(),
    snoozed: z.object({ ...answer, until: time }).optional(),
    escalation: count.meta({
      description: "How often it went further up since it began, since nobody answered.",
    }),
  })
  .meta({ id: "Alert", description: "A conversation about one drift, or about all drifts of one cause." });

export const deliveryShape = z
  .object({
    alert: z.string(),
    channel: z.string(),
    state: z
      .enum(["told", "waiting", "failing", "dead", "with"])
      .meta({ description: "with: another alert's message tells of it." }),
    toldAt: time.optional(),
    step: z
      .enum(["open", "update", "acknowledge", "resolve"])
      .optional()
      .meta({ description: "What was told last." }),
    toldIn: z.string().optional().meta({ description: "The alert whose message tells of this one." }),
    nextTryAt: time.optional(),
    failures: count.meta({ description: "In a row." }),
    problem: z.string().optional(),
    deadAt: time.optional(),
  })
  .meta({ id: "AlertDelivery", description: "What became of telling a channel of an alert." });

export const channelShape = z
  .object({
    name: z.string(),
    kind: z.string().optional().meta({ description: "Absent: the operator's file has it no more." }),
    mostPerMinute: count.optional(),
    waiting: count,
    failing: count,
    dead: count.meta({ description: "Dead letters." }),
    lastToldAt: time.optional(),
  })
  .meta({ id: "AlertChannel", description: "A place where people are told, and how it is doing." });

/** What it shares with drifts that one may not see is told of those that one may. */
export function presentAlert(alert: Alert, counts: MemberCounts): z.infer<typeof alertShape> {
  const { cause, acknowledged, snoozed } = alert;
  return {
    schema: "anchorwatch.alert/v1",
    id: alert.id,
    status: alert.status,
    severity: counts.severity,
    class: counts.class,
    cause: presentCause(cause),
    drifts: counts.total,
    openDrifts: counts.open,
    openedAt: timeOf(alert.openedAt),
    begunAt: timeOf(alert.begunAt),
    updatedAt: timeOf(alert.updatedAt),
    resolvedAt: maybeTime(alert.resolvedAt),
    resolution: alert.resolution,
    times: alert.times,
    acknowledged: acknowledged && presentAnswer(acknowledged),
    snoozed: snoozed && { ...presentAnswer(snoozed), until: timeOf(snoozed.until) },
    escalation: alert.escalation,
  };
}

/** A storm may be named after a stack that not everybody may see. */
function presentCause(cause: Alert["cause"]): z.infer<typeof alertShape>["cause"] {
  switch (cause.kind) {
    case "change": {
      const { kind, principal, name, type, event } = cause;
      return { kind, principal, name, type, event };
    }
    case "actor":
      return { kind: cause.kind, principal: cause.principal, name: cause.name };
    default:
      return { kind: cause.kind };
  }
}

function presentAnswer({ at, by, byName, reason }: NonNullable<Alert["acknowledged"]>) {
  return { at: timeOf(at), by, byName, reason };
}

export function presentDelivery(record: DeliveryRecord): z.infer<typeof deliveryShape> {
  const { alert, channel, told, toldIn, lookAt, failures, problem, deadAt } = record;
  return {
    ...{ alert, channel, failures, problem, toldIn },
    state: stateOf(record),
    toldAt: maybeTime(told?.at),
    step: told?.step,
    nextTryAt: maybeTime(lookAt),
    deadAt: maybeTime(deadAt),
  };
}

function stateOf({ deadAt, toldIn, failures, wanted, looked, lookAt }: DeliveryRecord) {
  if (deadAt !== undefined) return "dead";
  if (toldIn !== undefined) return "with";
  if (failures > 0) return "failing";
  return wanted > looked || lookAt !== undefined ? "waiting" : "told";
}

export function presentChannel(
  name: string,
  settings: { readonly kind: string; readonly mostPerMinute: number } | undefined,
  totals: ChannelTotals | undefined,
): z.infer<typeof channelShape> {
  return {
    name,
    kind: settings?.kind,
    mostPerMinute: settings?.mostPerMinute,
    waiting: totals?.waiting ?? 0,
    failing: totals?.failing ?? 0,
    dead: totals?.dead ?? 0,
    lastToldAt: maybeTime(totals?.lastToldAt),
  };
}
