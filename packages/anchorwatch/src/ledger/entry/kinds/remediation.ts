/** From a plan to the look at what came of it. `plan` is always the digest of the plan. */
import { z } from "zod";
import type { KindDefinition } from "./kind.ts";
import { anything, count, digest, prose, text, timestamp } from "./members.ts";

const planMade = z.strictObject({
  plan: digest,
  remediation: z.enum(["rollback", "redeploy", "adopt", "accept"]),
  summary: prose.optional(),
  /** What will be written, masked; a big one is content. */
  changes: z.array(anything).optional(),
  expiresAt: timestamp.optional(),
});

const requestOpened = z.strictObject({
  plan: digest,
  /** How many people must say yes. */
  reviewsNeeded: count,
  owners: z.array(text).optional(),
  reason: prose.optional(),
  expiresAt: timestamp.optional(),
});

const reviewGiven = z.strictObject({
  plan: digest,
  answer: z.enum(["approve", "reject"]),
  comment: prose.optional(),
});

const grantGiven = z.strictObject({
  plan: digest,
  origin: z.enum(["reviews", "break_glass", "standing"]),
  reason: prose.optional(),
  expiresAt: timestamp.optional(),
});

const executionStarted = z.strictObject({ plan: digest });

const executionFinished = z.strictObject({
  plan: digest,
  outcome: z.enum(["succeeded", "failed", "refused"]),
  message: prose.optional(),
});

const verificationFinished = z.strictObject({
  plan: digest,
  /** Of the resource when it was read once more. */
  verdict: z.enum(["in_sync", "changed", "deleted", "unmanaged", "absorbed", "ignored", "unknown"]),
  message: prose.optional(),
});

export const REMEDIATION_KINDS = {
  "plan.made": {
    title: "Plan made",
    schema: planMade,
    ocsf: { class: "api_activity", activity: 1 },
  },
  "request.opened": {
    title: "Approval asked for",
    schema: requestOpened,
    ocsf: { class: "api_activity", activity: 1 },
  },
  "review.given": {
    title: "Review given",
    schema: reviewGiven,
    ocsf: { class: "api_activity", activity: 3 },
  },
  "grant.given": {
    title: "Grant given",
    schema: grantGiven,
    ocsf: { class: "api_activity", activity: 1 },
  },
  "execution.started": {
    title: "Execution started",
    schema: executionStarted,
    ocsf: { class: "api_activity", activity: 3 },
  },
  "execution.finished": {
    title: "Execution finished",
    schema: executionFinished,
    ocsf: { class: "api_activity", activity: 3, failed: ({ data }) => data["outcome"] !== "succeeded" },
  },
  "verification.finished": {
    title: "Verification finished",
    schema: verificationFinished,
    ocsf: { class: "api_activity", activity: 2, failed: ({ data }) => data["verdict"] !== "in_sync" },
  },
} as const satisfies Readonly<Record<string, KindDefinition>>;
