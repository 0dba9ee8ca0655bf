/** What one channel is told of an alert: everything of it that its routes lead there, and nothing else. */
import { hash } from "node:crypto";
import type { Alert, MemberCounts } from "../../../alerts/alert.ts";
import type { Standing } from "../../../alerts/conversation/telling.ts";
import type { AlertAction, AlertDrift, AlertMessage } from "../../../alerts/message/message.ts";
import { changeLines } from "../../../compare/lines/changeLines.ts";
import { plainText } from "../../../compare/lines/line.ts";
import { plural } from "../../../domain/plural.ts";
import type { Tellable, TellableDrift } from "../../../watch/tellable.ts";
import { concernsSomebody, judgementOf, resolutionOf, resourceIdOf, sourceOf } from "../seenDrift.ts";
import { countOfChanges, foundChanges } from "./foundChanges.ts";
import { consoleUrl, sourceUrl } from "./links.ts";
import { commonCause, titleOf } from "./title.ts";

/** More are counted, not shown. */
export const MOST_SHOWN = 10;

export interface MessageParts {
  readonly alert: Alert;
  /** Of what this channel is told of. */
  readonly counts: MemberCounts;
  /** The first of them. */
  readonly drifts: readonly Tellable[];
  /** How many alerts it tells of: more than one were held back, and are told together. */
  readonly alerts: number;
  /** Of the server, without a slash at its end. */
  readonly origin: string;
}

export function messageOf({ alert, counts, drifts, alerts, origin }: MessageParts): AlertMessage {
  const cause = commonCause(alert, counts);
  const status = statusOf(alert, counts);
  const answer = alert.acknowledged ?? alert.snoozed;
  const resolution = status === "resolved" ? resolutionFor(alert, drifts) : undefined;
  return {
    id: alert.id,
    status,
    severity: counts.severity,
    class: counts.class,
    title: titleOf(alert, counts, drifts, alerts),
    drifts: drifts.map(presentDrift),
    total: counts.total,
    open: counts.open,
    ...(cause === undefined ? {} : { cause }),
    openedAt: alert.openedAt,
    updatedAt: alert.updatedAt,
    ...(answer === undefined || status === "resolved" ? {} : { acknowledgedBy: answer.byName }),
    ...(alert.snoozed === undefined || status === "resolved" ? {} : { snoozedUntil: alert.snoozed.until }),
    ...(resolution === undefined ? {} : { resolution }),
    ...(alert.escalation === 0 ? {} : { escalation: alert.escalation }),
    actions: actionsOf(alert, status, drifts, counts, origin),
  };
}

/** What decides whether it is to be told. */
export function standingOf(
  { alert, counts }: Pick<MessageParts, "alert" | "counts">,
  message: AlertMessage,
): Standing {
  // When it was changed is no news by itself.
  const { updatedAt: _, ...content } = message;
  return {
    status: message.status,
    severity: message.severity,
    times: alert.times,
    raised: alert.raised,
    total: counts.total,
    content: hash("sha256", JSON.stringify([content, alert.raised], withoutVersions)).slice(0, 32),
  };
}

/** Other rules that say the same are no news. */
function withoutVersions(name: string, value: unknown): unknown {
  return name === "policy" || name === "againAt" ? undefined : value;
}

/** For this channel it is over when all that it was told of is. */
function statusOf({ status, acknowledged, snoozed }: Alert, { open }: MemberCounts): AlertMessage["status"] {
  if (status === "resolved" || open === 0) return "resolved";
  if (snoozed !== undefined) return "snoozed";
  return acknowledged === undefined ? "open" : "acknowledged";
}

function resolutionFor({ resolution }: Alert, drifts: readonly Tellable[]): string | undefined {
  const ways = new Set(drifts.map(({ drift }) => resolutionOf(drift)));
  const [only] = ways;
  return ways.size === 1 ? only : (resolution ?? "all of them are over");
}

function actionsOf(
  { id, acknowledged }: Alert,
  status: AlertMessage["status"],
  drifts: readonly Tellable[],
  { total }: MemberCounts,
  origin: string,
): readonly AlertAction[] {
  const [first] = drifts;
  const isOne = total === 1 && first !== undefined;
  const page = isOne ? pageOf(first) : `alerts/${encodeURIComponent(id)}`;
  const open: AlertAction = {
    kind: "open",
    label: "Open in the API",
    url: `${origin}/api/v1/${page}`,
    isCallback: false,
  };
  if (status === "resolved") return [open];
  return [
    ...(acknowledged === undefined
      ? [{ kind: "acknowledge" as const, label: "Acknowledge", isCallback: true }]
      : []),
    { kind: "snooze", label: "Snooze", isCallback: true },
    ...(isOne ? acceptanceOf(first) : []),
    open,
  ];
}

/** What is critical, or was never judged, nobody accepts by the way: the API and the command line ask twice. */
function acceptanceOf({ drift, account }: Tellable): readonly AlertAction[] {
  const isJudged = drift.classification !== undefined && judgementOf(drift).severity !== "critical";
  if (account !== undefined || !isJudged || !concernsSomebody(drift)) return [];
  return [{ kind: "accept", label: "Accept until …", digest: drift.digest, isCallback: true }];
}

/** Below the API. */
function pageOf({ drift, account }: Tellable): string {
  return `${account === undefined ? "drifts" : "unmanaged"}/${encodeURIComponent(drift.id)}`;
}

export function presentDrift({ drift, stack, account, revision, regions }: Tellable): AlertDrift {
  const [latest] = drift.attributions;
  const source = sourceOf(drift);
  const url = source && sourceUrl(stack.origin, revision, source);
  const resourceId = resourceIdOf(drift);
  const link = consoleUrl(drift.type, resourceId ?? "", regions);
  const { classification } = drift;
  return {
    id: drift.id,
    stack: { id: stack.id, name: stack.name, labels: stack.labels ?? {} },
    ...(account === undefined ? {} : { account }),
    address: drift.address,
    ...(resourceId === undefined ? {} : { resourceId }),
    type: drift.type,
    verdict: drift.verdict,
    status: concernsSomebody(drift) ? "open" : "closed",
    ...(source === undefined ? {} : { source: { ...source, ...(url === undefined ? {} : { url }) } }),
    ...(link === undefined ? {} : { consoleUrl: link }),
    diff: diffOf(drift),
    ...(latest === undefined ? {} : { who: whoOf(latest), event: latest.eventName }),
    when: latest?.time ?? drift.openedAt,
    ...(classification === undefined ? {} : { classification }),
    entryId: drift.entryId,
  };
}

function whoOf({ actor, person }: TellableDrift["attributions"][number]): NonNullable<AlertDrift["who"]> {
  const name = person.kind === "mapped" ? person.name : (actor.sessionName ?? actor.principal);
  return {
    name,
    principal: actor.principal,
    channel: actor.channel,
    ...(actor.sourceAddress === undefined ? {} : { address: actor.sourceAddress }),
  };
}

const LAYOUT = { width: Number.POSITIVE_INFINITY, valueLimit: 160, lineLimit: 6 };
const MOST_LINES = 12;

/** As the terminal shows it. */
function diffOf({ found, verdict }: TellableDrift): readonly string[] {
  const changes = foundChanges(found);
  const lines = changes.flatMap((change) => changeLines(change, LAYOUT).map(plainText));
  const all = countOfChanges(found);
  if (lines.length === 0)
    return all > 0 ? [`(${plural(all, "change")}: too many to show here)`] : whole(verdict);
  const shown = lines.slice(0, MOST_LINES);
  const left = lines.length - shown.length;
  return left > 0 ? [...shown, `… ${plural(left, "more line")}`] : shown;
}

function whole(verdict: TellableDrift["verdict"]): readonly string[] {
  return verdict === "deleted" ? ["- (the whole resource)"] : [];
}
