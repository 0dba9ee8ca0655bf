/** The form of `playbooks`: what is set in motion by drift. */
import { z } from "zod";
import { SEVERITIES } from "../../../domain/classification.ts";
import { LABEL_NAME } from "../../../domain/labels.ts";
import { PLAYBOOK_EVENTS } from "../../../domain/playbookEvent.ts";
import { DURATION_PATTERN } from "../duration.ts";

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/);
const duration = (description: string) => z.string().regex(DURATION_PATTERN).meta({ description });
const nothing = z.strictObject({});
const told = (description: string) =>
  z
    .strictObject({ channels: z.array(name).min(1).max(20).meta({ description: "Names of channels." }) })
    .optional()
    .meta({ description });

export const STEP_KINDS = ["notify", "page", "incident", "freeze", "confirm", "snapshot", "webhook"] as const;

const step = z
  .strictObject({
    notify: told("Tells these channels."),
    page: told("Wakes somebody: channels of PagerDuty and Opsgenie."),
    incident: told("Opens an incident or an issue: channels of PagerDuty, Opsgenie, GitHub and GitLab."),
    freeze: z
      .strictObject({
        for: duration("So long, such as 24h. Absent: until somebody thaws it.").optional(),
        reason: z.string().trim().min(1).max(500).meta({ description: "What the gate says." }),
      })
      .optional()
      .meta({ description: "Freezes deployments of the stack: the gate says no." }),
    confirm: nothing
      .optional()
      .meta({ description: "Reads the resource again, and stops the run when the drift is gone." }),
    snapshot: nothing.optional().meta({ description: "Puts what is known of the drift into the ledger." }),
    webhook: z
      .strictObject({ channel: name.meta({ description: "Name of a channel of the kind webhook." }) })
      .optional()
      .meta({ description: "Asks a program, whose answer says whether the run goes on." }),
    timeout: duration("For all tries. Default: 5m; of a webhook 15m.").optional(),
    onFailure: z
      .enum(["continue", "stop"])
      .optional()
      .meta({ description: "Whether the steps behind it are taken. Default: continue; of a webhook stop." }),
  })
  .meta({ oneOf: STEP_KINDS.map((kind) => ({ required: [kind] })) });

const playbook = z.strictObject({
  name,
  on: z.array(z.enum(PLAYBOOK_EVENTS)).min(1).max(3).meta({
    description:
      "opened: a drift is new, or told again. escalated: it matters more than before. resolved: it is over.",
  }),
  severity: z.enum(SEVERITIES).optional().meta({ description: "At least." }),
  class: z.enum(["security", "operational"]).optional(),
  labels: z
    .record(z.string().regex(LABEL_NAME), z.string().max(200))
    .optional()
    .meta({ description: "Of the stack; all of them." }),
  when: z
    .string()
    .min(1)
    .max(4000)
    .optional()
    .meta({ description: "In CEL, over what rules see of the drift; see docs/policies.md." }),
  steps: z.array(step).min(1).max(20).meta({ description: "In order." }),
});

export const playbooks = z
  .array(playbook)
  .max(100)
  .meta({ description: "What is set in motion by drift, step by step." });

export type PlaybookSection = z.infer<typeof playbook>;
