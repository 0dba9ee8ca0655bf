/** The form of rules, in `anchorwatch.yaml` and in files of rules. JSON Schemas in `docs/schema/` are made from this: descriptions are for people. */
import { z } from "zod";

/** Of rules and adjustments. */
export const RULE_ID_PATTERN = /^[a-z0-9][a-z0-9_.-]{0,99}$/;
export const EFFECT_PATTERN =
  /^(?:(?:raise|lower) [1-4]|at (?:least|most) (?:info|low|medium|high|critical))$/;

/** Of one file. */
const MOST_RULES = 1000;
const SEVERITY = z.enum(["info", "low", "medium", "high", "critical"]);

const id = z
  .string()
  .regex(RULE_ID_PATTERN)
  .meta({ description: "Unique: small letters, digits and . _ -, such as net.open_to_world." });
const cel = (description: string) => z.string().min(1).max(4000).meta({ description });
const sentence = (description: string) => z.string().min(1).max(2000).meta({ description });

const rule = z
  .strictObject({
    id,
    title: z.string().min(1).max(200).meta({ description: "In a few words." }),
    types: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(200)
      .optional()
      .meta({ description: "Types of resources; * stands for any characters. Default: all." }),
    on: z
      .array(z.enum(["changed", "deleted", "unmanaged", "absorbed"]))
      .min(1)
      .optional()
      .meta({ description: "Kinds of drift. Default: all." }),
    when: cel("Condition in CEL; docs/policies.md lists what it can speak of."),
    class: z.enum(["security", "operational"]).meta({ description: "What kind of matter it is." }),
    severity: SEVERITY.meta({ description: "How bad it is, before adjustments." }),
    explain: sentence("Why it matters, in a sentence; ${CEL} puts values in."),
    controls: z
      .array(z.string().min(1).max(100))
      .max(50)
      .optional()
      .meta({ description: "Controls that it is about, such as CIS AWS 3.0.0 5.2." }),
    remedy: z
      .strictObject({
        strategy: z
          .enum(["rollback", "redeploy", "adopt", "accept"])
          .meta({ description: "What is usually right." }),
        text: sentence("What to do; ${CEL} puts values in."),
      })
      .optional()
      .meta({ description: "What to do about it." }),
  })
  .meta({ description: "Says of drifts for which a condition holds why they matter." });

const adjustment = z
  .strictObject({
    id,
    when: cel("Condition in CEL, which also sees class and severity as they are so far."),
    severity: z.string().regex(EFFECT_PATTERN).meta({
      description: "raise N, lower N, at least SEVERITY or at most SEVERITY. A repository can only raise.",
    }),
    because: sentence("Why, in a sentence; ${CEL} puts values in."),
  })
  .meta({ description: "Changes the severity by the context." });

export const rules = z.array(rule).max(MOST_RULES);
export const adjustments = z.array(adjustment).max(200);

export const ruleFileSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: "Version of this file's form." }),
    rules: rules.optional().meta({ description: "Why drifts matter." }),
    adjust: adjustments.optional().meta({ description: "What changes the severity, in order." }),
  })
  .meta({ title: "Anchorwatch rules", description: "Rules that say why a drift matters." });

export type RuleSection = z.infer<typeof rule>;
export type AdjustmentSection = z.infer<typeof adjustment>;
