/** What runs and no stack has is told as drift; here is what people decide about it. */
import { z } from "zod";
import type { KindDefinition } from "./kind.ts";
import { count, digest, prose, text } from "./members.ts";

const things = z
  .array(
    z.strictObject({
      type: text,
      id: text,
      region: text,
      /** Of what it was then: when that changes, it is told again. */
      digest,
    }),
  )
  .max(1000);

const baseline = z.strictObject({
  /** As the operator's file calls it. */
  account: text,
  /** How many in all. */
  count,
  /** The first of them; all are in the content `things`. */
  things,
  reason: prose,
});

export const UNMANAGED_KINDS = {
  "baseline.accepted": {
    title: "Unmanaged resources accepted",
    schema: baseline,
    ocsf: { class: "detection_finding", activity: 2, status: "suppressed" },
  },
  "baseline.withdrawn": {
    title: "Acceptance of unmanaged resources withdrawn",
    schema: baseline,
    ocsf: { class: "detection_finding", activity: 2, status: "in_progress" },
  },
} as const satisfies Readonly<Record<string, KindDefinition>>;

export type BaselineData = z.input<typeof baseline>;
