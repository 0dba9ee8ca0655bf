/** What follows a drift besides its remedy: alerts, exceptions, evidence for others. */
import { z } from "zod";
import type { KindDefinition } from "./kind.ts";
import { digest, path, prose, text, timestamp } from "./members.ts";

const alertSent = z.strictObject({
  /** `slack`, `mail`, `pagerduty` … */
  channel: text,
  recipient: text,
  outcome: z.enum(["sent", "failed"]),
  message: prose.optional(),
});

const exceptionGranted = z.strictObject({
  reason: prose,
  until: timestamp,
  /** Without paths: the whole resource. */
  paths: z.array(path).optional(),
});

const exceptionExpired = z.strictObject({ cause: z.enum(["time", "revoked"]), reason: prose.optional() });

const evidenceShared = z.strictObject({
  evidence: digest,
  recipient: text,
  expiresAt: timestamp.optional(),
});

const evidenceOpened = z.strictObject({ evidence: digest, recipient: text.optional() });

export const RESPONSE_KINDS = {
  "alert.sent": {
    title: "Alert sent",
    schema: alertSent,
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
