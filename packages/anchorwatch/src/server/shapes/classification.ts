import { z } from "zod";
import { type Classification, SEVERITIES } from "../../domain/classification.ts";
import type { Excepted } from "../../watch/exception.ts";
import { maybeTime, time, timeOf } from "./wire.ts";

export const severityShape = z.enum(SEVERITIES);
export const classShape = z.enum(["security", "operational"]);
const origin = z.enum(["builtin", "operator", "repository"]);

const values = z
  .array(
    z.object({
      expression: z.string().meta({ description: "changes[0].element.from_port" }),
      value: z.unknown().meta({ description: "Masked; cut where it is long." }),
    }),
  )
  .meta({ description: "What the rule has read." });

export const classificationShape = z
  .object({
    class: classShape.meta({ description: "security where any rule of that class fired." }),
    severity: severityShape.meta({ description: "After all adjustments." }),
    isComplete: z
      .boolean()
      .meta({ description: "false: rules failed, and nothing has lowered the severity." }),
    problems: z.array(
      z.object({
        rule: z.string(),
        file: z.string(),
        line: z.int(),
        column: z.int(),
        message: z.string(),
      }),
    ),
    rules: z
      .array(
        z.object({
          id: z.string(),
          title: z.string(),
          origin,
          class: classShape,
          severity: severityShape,
          explanation: z.string().meta({ description: "In a sentence, with the values." }),
          values,
          controls: z.array(z.string()),
          remedy: z
            .object({ strategy: z.enum(["rollback", "redeploy", "adopt", "accept"]), text: z.string() })
            .optional(),
        }),
      )
      .meta({ description: "Those that fired, the severest first." }),
    adjustments: z
      .array(
        z.object({
          id: z.string(),
          origin,
          from: severityShape,
          to: severityShape,
          because: z.string(),
          values,
        }),
      )
      .meta({ description: "In the order in which they were applied." }),
    fallback: z
      .object({ attribute: z.string().optional(), because: z.string() })
      .optional()
      .meta({ description: "Where no rule fired: what the class was decided from." }),
    policy: z.string().meta({ description: "Digest of the rules that were in force." }),
    againAt: time
      .optional()
      .meta({ description: "When a rule that goes by the time may say something else." }),
  })
  .meta({ id: "Classification", description: "Why it matters, and which values made the rules say so." });

export const exceptedShape = z
  .object({
    id: z.string().meta({ description: "Of the exception, or where it stands in the operator's file." }),
    kind: z.enum(["accept", "ignore"]),
    until: time,
  })
  .meta({ id: "Excepted", description: "It is open, and nobody is told of it." });

export function presentClassification(said: Classification): z.infer<typeof classificationShape> {
  const { problems, rules, adjustments, againAt, ...rest } = said;
  return {
    ...rest,
    problems: [...problems],
    rules: rules.map((rule) => ({ ...rule, values: [...rule.values], controls: [...rule.controls] })),
    adjustments: adjustments.map((one) => ({ ...one, values: [...one.values] })),
    againAt: maybeTime(againAt),
  };
}

/** Of a drift, or of a step in its life. */
export function presentJudged({
  classification,
  excepted,
}: {
  readonly classification?: Classification;
  readonly excepted?: Excepted;
}): {
  readonly classification: z.infer<typeof classificationShape> | undefined;
  readonly excepted: z.infer<typeof exceptedShape> | undefined;
} {
  return {
    classification: classification && presentClassification(classification),
    excepted: excepted && { ...excepted, until: timeOf(excepted.until) },
  };
}
