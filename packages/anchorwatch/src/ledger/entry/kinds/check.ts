/** Checks, and detectors that no longer look. */
import { z } from "zod";
import type { KindDefinition } from "./kind.ts";
import { count, digest, prose, text, timestamp } from "./members.ts";

const trigger = z.enum(["schedule", "event", "manual", "ci"]);

const completed = z.strictObject({
  trigger,
  startedAt: timestamp,
  finishedAt: timestamp,
  /** The verdicts add up to `resources`. */
  coverage: z.strictObject({
    resources: count,
    inSync: count,
    changed: count,
    deleted: count,
    unmanaged: count,
    absorbed: count,
    ignored: count,
    unknown: count,
    notChecked: count,
    pending: count,
  }),
  /** Why resources were not seen: how many by reason code. */
  unseen: z.record(text, count),
  /** The rules that silenced something, each once; the first hundred. */
  ignoredBy: z.array(text).max(100).optional(),
  /** With which principals providers read. */
  identities: z.array(z.strictObject({ provider: text, description: prose })),
  path: text.optional(),
  /** Of the state. */
  serial: count.optional(),
  warnings: count,
});

const failed = z.strictObject({
  trigger,
  startedAt: timestamp,
  /** An error code of Anchorwatch. */
  code: text,
  message: prose,
});

const dead = z.strictObject({
  detector: text,
  reason: prose,
  /** When it last gave a sign of life. */
  lastSeenAt: timestamp.optional(),
});

const revived = z.strictObject({ detector: text, deadSince: timestamp });

/** A state that somebody wrote. */
const deployment = z.strictObject({
  lineage: text,
  serial: count,
  lastSerial: count.optional(),
  /** Of the code that was watched when it was found. */
  revision: text.optional(),
  /**
   * `delivered`: by the stack's delivery, or all of it is in the watched code. `foreign_writer`: by somebody else. `other_code`: it records what the watched
   * code does not say. `unknown_writer`: nothing tells who wrote it.
   */
  finding: z.enum(["delivered", "foreign_writer", "other_code", "unknown_writer"]),
  /** Resources whose record is not what the watched code says. */
  addresses: z.array(text).max(100).optional(),
  writer: text.optional(),
  eventId: text.optional(),
});

/** What a trail's digests say of its log files, and is not so. */
const brokenTrail = z.strictObject({
  source: text,
  /** Of trail, account and region: what its digests are named after. */
  chain: text,
  /**
   * `missing`: a file that was written is not there. `moved`: it lies elsewhere than it was written. `invalid`: its content or signature is not
   * CloudTrail's. `gap`: no digest tells of that time.
   */
  finding: z.enum(["missing", "moved", "invalid", "gap"]),
  file: text.optional(),
  from: timestamp.optional(),
  to: timestamp.optional(),
  reason: prose,
});

const malformedEvent = z.strictObject({ source: text, digest, reason: prose });

export const CHECK_KINDS = {
  "check.completed": {
    title: "Check completed",
    schema: completed,
    ocsf: { class: "scan_activity", activity: 2 },
  },
  "check.failed": {
    title: "Check failed",
    schema: failed,
    ocsf: { class: "scan_activity", activity: 6, failed: () => true, severity: "medium" },
  },
  "detector.dead": {
    title: "Detector dead",
    schema: dead,
    ocsf: { class: "detection_finding", activity: 1, status: "new", severity: "high" },
  },
  "detector.revived": {
    title: "Detector alive again",
    schema: revived,
    ocsf: { class: "detection_finding", activity: 3, status: "resolved" },
  },
  "deployment.found": {
    title: "Deployment found",
    schema: deployment,
    ocsf: {
      class: "detection_finding",
      activity: 1,
      severity: "medium",
    },
  },
  "trail.broken": {
    title: "Trail broken",
    schema: brokenTrail,
    ocsf: { class: "detection_finding", activity: 1, status: "new", severity: "high" },
  },
  "event.malformed": {
    title: "Malformed event",
    schema: malformedEvent,
    ocsf: { class: "scan_activity", activity: 6, failed: () => true, severity: "low" },
  },
} as const satisfies Readonly<Record<string, KindDefinition>>;

export type CheckCompletedData = z.input<typeof completed>;
export type CheckFailedData = z.input<typeof failed>;
export type DeploymentData = z.input<typeof deployment>;
