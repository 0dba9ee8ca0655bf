/** Stacks that come and go, and stacks that have the same resources. */
import { z } from "zod";
import type { KindDefinition } from "./kind.ts";
import { count, text } from "./members.ts";

const gone = z.strictObject({
  /** `undeclared`: it is not found any more where stacks are declared. `removed`: somebody took it away by API. */
  how: z.enum(["undeclared", "removed"]),
  /** Where its code was: a folder, or a repository with ref and folder. */
  origin: text,
});

const added = z.strictObject({
  origin: text,
  /** `env=prod,team=payments`: who may see it goes by them. Absent: none. */
  labels: text.optional(),
});

const returned = z.strictObject({ origin: text });

const claim = z.strictObject({
  /** Two names. */
  stacks: z.array(text).length(2),
  /** How many resources both of them have. */
  count,
  /** The first of them. */
  resources: z
    .array(
      z.strictObject({
        type: text,
        id: text,
        /** In the one stack and in the other. */
        addresses: z.array(text).length(2),
      }),
    )
    .max(100),
});

export const STACK_KINDS = {
  /** Somebody has it watched, by API; what files declare is in them. */
  "stack.added": {
    title: "Stack added",
    schema: added,
    ocsf: { class: "entity_management", activity: 1 },
  },
  "stack.gone": {
    title: "Stack not watched any more",
    schema: gone,
    ocsf: { class: "detection_finding", activity: 1, status: "new", severity: "medium" },
  },
  "stack.returned": {
    title: "Stack watched again",
    schema: returned,
    ocsf: { class: "detection_finding", activity: 3, status: "resolved" },
  },
  "claim.found": {
    title: "Two stacks have the same resources",
    schema: claim,
    ocsf: { class: "detection_finding", activity: 1, status: "new", severity: "high" },
  },
  "claim.ended": {
    title: "Two stacks have the same resources no more",
    schema: claim,
    ocsf: { class: "detection_finding", activity: 3, status: "resolved" },
  },
} as const satisfies Readonly<Record<string, KindDefinition>>;

export type StackAddedData = z.input<typeof added>;
export type StackGoneData = z.input<typeof gone>;
export type ClaimData = z.input<typeof claim>;
