/** Checks, and detectors that no longer look. */
import { z } from "zod";
import type { KindDefinition } from "./kind.ts";
import { count, prose, text, timestamp } from "./members.ts";

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
} as const satisfies Readonly<Record<string, KindDefinition>>;

export type CheckCompletedData = z.input<typeof completed>;
export type CheckFailedData = z.input<typeof failed>;
