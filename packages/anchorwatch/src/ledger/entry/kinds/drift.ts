/** The life of a drift. Its id is that of the entry that opened it; the later ones refer to it by type `drift`. */
import { z } from "zod";
import type { KindDefinition } from "./kind.ts";
import { anything, count, digest, fingerprint, path, prose, severity, text, timestamp } from "./members.ts";

const resource = z.strictObject({
  type: text,
  provider: text,
  id: text.optional(),
  /** Key of a deposed object. */
  deposed: text.optional(),
});

/** Where something runs that no stack has. */
const place = z.strictObject({
  /** As the operator's file calls it. */
  account: text,
  region: text,
  arn: text.optional(),
});

const change = z.strictObject({
  path,
  op: z.enum(["replace", "add", "remove"]),
  settable: z.boolean(),
  sensitive: z.literal(true).optional(),
  /** Of values that are a secret or hold one. */
  recordedFingerprint: fingerprint.optional(),
  liveFingerprint: fingerprint.optional(),
});

/** An event of the cloud's audit trail that may have caused the drift, and who was behind it. */
const attribution = z.strictObject({
  eventId: text,
  eventName: text,
  service: text,
  time: timestamp,
  actor: z.strictObject({
    principal: text,
    kind: z.enum(["user", "role", "root", "federated", "service", "account", "unknown"]),
    sessionIssuer: text.optional(),
    sessionName: text.optional(),
    sourceIdentity: text.optional(),
    federated: z.strictObject({ provider: text, subject: text.optional() }).optional(),
    account: text.optional(),
    channel: z.enum(["console", "cli", "sdk", "terraform", "service", "unknown"]),
    sourceAddress: text.optional(),
    userAgent: text.optional(),
  }),
  /** A person of the operator's `identities`, with the rule that says so. */
  person: z.strictObject({ name: text, rule: text }).optional(),
  /** The stack's own delivery principal. */
  isDelivery: z.boolean(),
});

/** The likeliest first. */
const attributions = z.array(attribution).max(20);

/** `before` and `after` of the entry hold the values by path text (`ingress[0].port`); of sets, the lists of elements. */
const drifted = z.strictObject({
  resource,
  place: place.optional(),
  verdict: z.enum(["changed", "deleted", "unmanaged", "absorbed"]),
  changes: z.array(change),
  /** In how many more places it differs: they are in the content `changes`, with their values. */
  changesInContent: count.optional(),
  /** Equal for equal drift: whether a later check found something else. */
  digest,
  /** What a rule silences besides. */
  ignored: z.array(z.strictObject({ path, by: text })).optional(),
  /** What a rule would silence, and is told all the same since it is critical. */
  despite: z.array(z.strictObject({ path, by: text })).optional(),
  source: z.strictObject({ file: text, line: count }).optional(),
  /** Of the state that it was compared with. */
  serial: count.optional(),
  attributions: attributions.optional(),
  /** The how manieth time this resource drifts, from 2 on. */
  times: count.optional(),
  /** Where in `before` and `after` a text stands for a number that a double cannot hold. */
  numbers: z.array(anything).optional(),
});

const resolved = z.strictObject({
  resource,
  place: place.optional(),
  /**
   * `reverted`: it is as deployed again, by the same state. `state_changed`: a newer state and what runs agree; whether
   * the deployment was repaired or the drift was written into the state, this check alone cannot tell. What the watch can tell:
   * `deployed`: a newer state records what was recorded before the drift. `adopted`: the code says what runs. `passed`: it came
   * and went between two looks, as its events tell. `removed`: neither state, code nor cloud has the resource. `ignored`: a rule silences it now.
   * `not_searched`: the operator does not have that place searched any more.
   */
  how: z.enum([
    "reverted",
    "state_changed",
    "deployed",
    "adopted",
    "passed",
    "removed",
    "ignored",
    "not_searched",
  ]),
  attributions: attributions.optional(),
  serial: count.optional(),
  /** Of the state when the drift was last seen. */
  lastSerial: count.optional(),
});

const classified = z.strictObject({
  classification: z.enum(["security", "operational"]),
  severity,
  /** The rules that said so. */
  rules: z.array(
    z.strictObject({
      name: text,
      reason: prose.optional(),
      severity: severity.optional(),
      origin: z.enum(["builtin", "operator", "repository"]).optional(),
      /** What it has read, masked and cut. */
      values: z.array(z.strictObject({ expression: text, value: prose })).optional(),
    }),
  ),
  /** Controls that they map to: `CIS AWS 5.2`. */
  controls: z.array(text),
  /** In the order in which they were applied. */
  adjustments: z
    .array(z.strictObject({ name: text, from: severity, to: severity, reason: prose }))
    .optional(),
  /** Where no rule spoke of it: what it was decided from. */
  because: prose.optional(),
  /** Rules that failed: nothing has lowered the severity. */
  incomplete: z.array(text).optional(),
  /** Nobody is told, though it is open. */
  excepted: z.strictObject({ by: text, kind: z.enum(["accept", "ignore"]), until: timestamp }).optional(),
  /** Of the rules that were in force. */
  policy: digest.optional(),
});

const attributed = z.strictObject({ resource, place: place.optional(), attributions });

export const DRIFT_KINDS = {
  "drift.opened": {
    title: "Drift opened",
    schema: drifted,
    ocsf: { class: "detection_finding", activity: 1, status: "new", severity: "medium" },
  },
  "drift.updated": {
    title: "Drift changed",
    schema: drifted,
    ocsf: { class: "detection_finding", activity: 2, status: "in_progress", severity: "medium" },
  },
  "drift.resolved": {
    title: "Drift resolved",
    schema: resolved,
    ocsf: { class: "detection_finding", activity: 3, status: "resolved" },
  },
  "drift.attributed": {
    title: "Drift attributed",
    schema: attributed,
    ocsf: { class: "detection_finding", activity: 2, status: "in_progress" },
  },
  "drift.classified": {
    title: "Drift classified",
    schema: classified,
    ocsf: { class: "detection_finding", activity: 2, status: "in_progress" },
  },
} as const satisfies Readonly<Record<string, KindDefinition>>;

export type ClassifiedData = z.input<typeof classified>;
export type DriftData = z.input<typeof drifted>;
export type DriftResolvedData = z.input<typeof resolved>;
export type DriftedResource = z.input<typeof resource>;
export type AttributionData = z.input<typeof attribution>;
