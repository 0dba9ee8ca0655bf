/** What follows a drift besides its remedy: alerts, exceptions, evidence for others. */
import { z } from "zod";
import type { KindDefinition } from "./kind.ts";
import { count, digest, path, prose, severity, text, timestamp } from "./members.ts";

const alertSent = z.strictObject({
  /** `slack`, `mail`, `pagerduty` … */
  channel: text,
  recipient: text,
  outcome: z.enum(["sent", "failed"]),
  message: prose.optional(),
  alert: text.optional(),
  /** What it was told as; `failed`: for good, it is a dead letter. */
  step: z.enum(["open", "update", "acknowledge", "resolve"]).optional(),
  severity: severity.optional(),
  /** Of all drifts that it told of. */
  drifts: count.optional(),
  /** It went further up so often, since nobody answered. */
  escalation: count.optional(),
});

const answered = { alert: text, severity, reason: prose.optional() };
const alertAcknowledged = z.strictObject(answered);
const alertSnoozed = z.strictObject({ ...answered, until: timestamp });

const alertResent = z.strictObject({
  deadLetters: count,
  /** Only those of it; absent: of all. */
  channel: text.optional(),
  alert: text.optional(),
});

const channelTested = z.strictObject({
  /** `slack`, `mail`, `pagerduty` … */
  channel: text,
  recipient: text,
  outcome: z.enum(["sent", "failed"]),
  message: prose.optional(),
});

const exceptionGranted = z.strictObject({
  reason: prose,
  /** Absent: until it is taken back; of one that makes drift worse than the rules think. */
  until: timestamp.optional(),
  /** Without paths: the whole resource. */
  paths: z.array(path).optional(),
  exception: text.optional(),
  type: z.enum(["accept", "ignore", "escalate"]).optional(),
  /** Of what was accepted: anything else is told. */
  digest: digest.optional(),
  /** Of what it speaks of; `*` stands for anything. */
  pattern: z
    .strictObject({ type: text.optional(), address: text.optional(), path: text.optional() })
    .optional(),
  raise: z
    .strictObject({ severity: severity.optional(), class: z.literal("security").optional() })
    .optional(),
  /** It silences critical drift, too. */
  evenCritical: z.boolean().optional(),
});

const exceptionExpired = z.strictObject({
  /** `rearmed`: what was accepted is not what is there any more. */
  cause: z.enum(["time", "revoked", "rearmed"]),
  reason: prose.optional(),
  exception: text.optional(),
});

const evidenceShared = z.strictObject({
  evidence: digest,
  recipient: text,
  expiresAt: timestamp.optional(),
});

const evidenceOpened = z.strictObject({ evidence: digest, recipient: text.optional() });

const freezeAdded = z.strictObject({
  freeze: text,
  reason: prose,
  /** Absent: until somebody thaws it. */
  until: timestamp.optional(),
  /** Of a playbook. */
  run: text.optional(),
});

const freezeEnded = z.strictObject({
  freeze: text,
  cause: z.enum(["time", "thawed"]),
  reason: prose.optional(),
});

const playbookStarted = z.strictObject({
  playbook: text,
  run: text,
  event: z.enum(["opened", "escalated", "resolved"]),
  /** What its steps are, in their order. */
  steps: z.array(text),
});

const playbookStep = z.strictObject({
  playbook: text,
  run: text,
  /** From 1. */
  step: count,
  /** `notify`, `freeze`, `webhook` … */
  kind: text,
  outcome: z.enum(["done", "failed", "stopped"]),
  message: prose.optional(),
  attempts: count,
});

const playbookEnded = z.strictObject({
  playbook: text,
  run: text,
  outcome: z.enum(["done", "failed", "stopped"]),
  message: prose.optional(),
});

export type FreezeAddedData = z.input<typeof freezeAdded>;
export type FreezeEndedData = z.input<typeof freezeEnded>;
export type PlaybookStartedData = z.input<typeof playbookStarted>;
export type PlaybookStepData = z.input<typeof playbookStep>;
export type PlaybookEndedData = z.input<typeof playbookEnded>;
export type ExceptionGrantedData = z.input<typeof exceptionGranted>;
export type ExceptionExpiredData = z.input<typeof exceptionExpired>;

export const RESPONSE_KINDS = {
  "alert.sent": {
    title: "Alert sent",
    schema: alertSent,
    ocsf: { class: "api_activity", activity: 1, failed: ({ data }) => data["outcome"] === "failed" },
  },
  "alert.acknowledged": {
    title: "Alert acknowledged",
    schema: alertAcknowledged,
    ocsf: { class: "detection_finding", activity: 2, status: "in_progress" },
  },
  "alert.snoozed": {
    title: "Alert snoozed",
    schema: alertSnoozed,
    ocsf: { class: "detection_finding", activity: 2, status: "suppressed" },
  },
  "alert.resent": {
    title: "Dead letters sent again",
    schema: alertResent,
    ocsf: { class: "api_activity", activity: 3 },
  },
  "channel.tested": {
    title: "Channel tested",
    schema: channelTested,
    ocsf: { class: "api_activity", activity: 1, failed: ({ data }) => data["outcome"] === "failed" },
  },
  "exception.granted": {
    title: "Exception granted",
    schema: exceptionGranted,
    ocsf: { class: "detection_finding", activity: 2, status: "suppressed" },
  },
  "exception.expired": {
    title: "Exception ended",
    schema: exceptionExpired,
    ocsf: { class: "detection_finding", activity: 2, status: "in_progress" },
  },
  "freeze.added": {
    title: "Deployments frozen",
    schema: freezeAdded,
    ocsf: { class: "api_activity", activity: 1 },
  },
  "freeze.ended": {
    title: "Deployments thawed",
    schema: freezeEnded,
    ocsf: { class: "api_activity", activity: 4 },
  },
  "playbook.started": {
    title: "Playbook started",
    schema: playbookStarted,
    ocsf: { class: "api_activity", activity: 1 },
  },
  "playbook.step": {
    title: "Step of a playbook taken",
    schema: playbookStep,
    ocsf: { class: "api_activity", activity: 3, failed: ({ data }) => data["outcome"] === "failed" },
  },
  "playbook.ended": {
    title: "Playbook ended",
    schema: playbookEnded,
    ocsf: { class: "api_activity", activity: 3, failed: ({ data }) => data["outcome"] === "failed" },
  },
  "evidence.shared": {
    title: "Evidence shared",
    schema: evidenceShared,
    ocsf: { class: "api_activity", activity: 1 },
  },
  "evidence.opened": {
    title: "Evidence opened",
    schema: evidenceOpened,
    ocsf: { class: "api_activity", activity: 2 },
  },
} as const satisfies Readonly<Record<string, KindDefinition>>;
