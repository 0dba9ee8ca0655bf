/**
 * Drifts as Detection Findings of the Open Cybersecurity Schema Framework 1.6.0: one finding for each drift, from its opening to its end,
 * under the id that the ledger's own events have for it.
 * @see https://schema.ocsf.io/1.6.0/classes/detection_finding
 */
import { isIP } from "node:net";
import type { Severity } from "../../../domain/classification.ts";
import { escapeText } from "../../../domain/escape.ts";
import type { JsonObject, JsonValue } from "../../../domain/jsonValue.ts";
import type { Delivery } from "../../channel.ts";
import type { AlertDrift, AlertMessage } from "../../message/message.ts";
import { outlineOf, safeUrl } from "../../message/outline.ts";
import type { ChannelParts } from "../definition.ts";

const SEVERITIES: Readonly<Record<Severity, number>> = { info: 1, low: 2, medium: 3, high: 4, critical: 5 };
const ACTIVITIES = { create: 1, update: 2, close: 3 } as const;
const STATUSES = { new: 1, inProgress: 2, suppressed: 3, resolved: 4 } as const;
const CLASS = 2004;

export interface Findings {
  readonly events: readonly JsonObject[];
  /** Those that were created and not closed: `finding_info.uid` of each. */
  readonly open: readonly string[];
}

/**
 * Each is created once and closed once, however many drifts of a group come into view and leave it. Of a group whose drifts are not all
 * shown, the alert itself is a finding, too, with their number.
 * @param open what the last ones left open; undefined: nothing was sent yet
 */
export function findingsOf(
  delivery: Delivery,
  open: readonly string[] | undefined,
  parts: ChannelParts,
): Findings {
  const known = new Set(open);
  const subjects = subjectsOf(delivery, known).filter(
    // What came and went unseen, and what was closed before, is no news.
    ({ uid, isOpen }) => isOpen || known.has(uid) || open === undefined,
  );
  for (const { uid, isOpen } of subjects) {
    if (isOpen) known.add(uid);
    else known.delete(uid);
  }
  const before = new Set(open);
  const events = subjects.map((subject) => {
    const ongoing = before.has(subject.uid) ? "update" : "create";
    return findingOf(subject, delivery, subject.isOpen ? ongoing : "close", parts);
  });
  return { events, open: [...known] };
}

/** What a finding is about. */
interface Subject {
  /** `finding_info.uid` */
  readonly uid: string;
  /** Of the drift, or of the alert. */
  readonly id: string;
  readonly isOpen: boolean;
  readonly attributes: JsonObject;
}

function subjectsOf({ step, message }: Delivery, known: ReadonlySet<string>): readonly Subject[] {
  const isOver = step === "resolve" || message.status === "resolved";
  const isGroup = message.total > message.drifts.length || known.has(message.id);
  const shown = [
    ...(isGroup ? [{ uid: message.id, id: message.id, isOpen: !isOver, attributes: ofAlert(message) }] : []),
    ...message.drifts.map((drift) => ({
      ...{ uid: drift.entryId, id: drift.id, isOpen: !isOver && drift.status === "open" },
      attributes: ofDrift(drift, message),
    })),
  ];
  if (!isOver) return shown;
  // Of a storm some were in view once; with the alert they are over as well.
  const others = [...known].filter((uid) => shown.every((subject) => subject.uid !== uid));
  return [
    ...shown,
    ...others.map((uid) => ({ uid, id: uid, isOpen: false, attributes: ofOther(uid, message) })),
  ];
}

function findingOf(
  { id, isOpen, attributes }: Subject,
  { key, step, message }: Delivery,
  activity: keyof typeof ACTIVITIES,
  { version }: ChannelParts,
): JsonObject {
  return {
    category_uid: 2,
    class_uid: CLASS,
    activity_id: ACTIVITIES[activity],
    type_uid: CLASS * 100 + ACTIVITIES[activity],
    time: message.updatedAt.getTime(),
    // Whether somebody should look at it now.
    is_alert: isOpen && message.status === "open",
    status_id: isOpen ? openStatus(message) : closedStatus(message),
    metadata: {
      version: "1.6.0",
      product: { name: "Anchorwatch", vendor_name: "Anchorwatch", version },
      // `actor` is an attribute of this profile.
      profiles: ["host"],
      // The same when it is sent again.
      uid: `${key}/${id}`,
      event_code: `alert.${step}`,
    },
    ...attributes,
  };
}

function openStatus({ status }: AlertMessage): number {
  return status === "open" ? STATUSES.new : STATUSES.inProgress;
}

/** What somebody decided to leave as it is was not put right. */
function closedStatus({ resolution }: AlertMessage): number {
  return /^(?:accepted|ignored)/.test(resolution ?? "") ? STATUSES.suppressed : STATUSES.resolved;
}

function ofAlert(message: AlertMessage): JsonObject {
  return {
    severity_id: SEVERITIES[message.severity],
    message: escapeText(message.title),
    count: message.total,
    finding_info: { uid: message.id, title: escapeText(message.title), types: [message.class] },
    unmapped: { alert: message.id, ...(message.cause === undefined ? {} : { cause: message.cause }) },
  };
}

/** Nothing of it is at hand any more but its id. */
function ofOther(uid: string, message: AlertMessage): JsonObject {
  return {
    severity_id: SEVERITIES[message.severity],
    message: escapeText(message.title),
    finding_info: { uid, title: escapeText(message.title), types: [message.class] },
    unmapped: { alert: message.id },
  };
}

function ofDrift(drift: AlertDrift, message: AlertMessage): JsonObject {
  const { classification, who, when } = drift;
  const title = `${drift.verdict} ${drift.address || drift.type}`;
  const why = classification?.rules[0]?.explanation ?? classification?.fallback?.because;
  const remedy = classification?.rules.find((rule) => rule.remedy !== undefined)?.remedy;
  const console = safeUrl(drift.consoleUrl);
  return {
    severity_id: SEVERITIES[classification?.severity ?? message.severity],
    message: escapeText(`${title} in ${drift.stack.name}`),
    finding_info: {
      uid: drift.entryId,
      title: escapeText(title),
      types: [classification?.class ?? message.class],
      created_time: when.getTime(),
      ...(why === undefined ? {} : { desc: why }),
      ...(console === undefined ? {} : { src_url: console }),
    },
    ...(who === undefined
      ? {}
      : { actor: { user: { name: who.name, uid: who.principal }, app_name: who.channel } }),
    resources: [resourceOf(drift)],
    ...(remedy === undefined ? {} : { remediation: { desc: remedy.text } }),
    ...evidenceOf(drift),
    unmapped: restOf(drift, message),
  };
}

function resourceOf({ address, type, resourceId }: AlertDrift): JsonObject {
  return { name: address || type, type, ...(resourceId === undefined ? {} : { uid: resourceId }) };
}

/** From where it was changed. */
function evidenceOf({ who }: AlertDrift): JsonObject {
  if (who?.address === undefined) return {};
  const endpoint = isIP(who.address) === 0 ? { name: who.address } : { ip: who.address };
  return { evidences: [{ src_endpoint: endpoint }] };
}

/** What the framework has no attribute for. */
function restOf(drift: AlertDrift, message: AlertMessage): JsonObject {
  const { stack, classification, source, event } = drift;
  const links: readonly JsonValue[] = outlineOf(message).actions.map(({ label, url }) => ({ label, url }));
  return {
    alert: message.id,
    drift: drift.id,
    stack: { id: stack.id, name: stack.name, labels: { ...stack.labels } },
    verdict: drift.verdict,
    diff: drift.diff,
    rules: (classification?.rules ?? []).map(({ id, severity, explanation }) => ({
      id,
      severity,
      explanation,
    })),
    controls: [...new Set((classification?.rules ?? []).flatMap(({ controls }) => controls))],
    ...(source === undefined ? {} : { source: `${source.file}:${source.line}` }),
    ...(event === undefined ? {} : { event }),
    ...(message.acknowledgedBy === undefined ? {} : { acknowledged_by: message.acknowledgedBy }),
    ...(message.resolution === undefined ? {} : { resolution: message.resolution }),
    links,
  };
}
