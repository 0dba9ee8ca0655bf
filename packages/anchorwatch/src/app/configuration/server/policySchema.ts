/** The form of the section `policy` of `anchorwatch.server.yaml`. Descriptions are for people. */
import { z } from "zod";
import { LABEL_NAME } from "../../../domain/labels.ts";
import { adjustments } from "../../policy/rules/ruleSchema.ts";
import { SOURCE_NAME_PATTERN } from "./watchSchema.ts";
import { path, text } from "./words.ts";

export const TIME_OF_DAY_PATTERN = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
/** Which member makes it which kind of window. */
export const WINDOW_KINDS = ["weekly", "once"] as const;

const timeOfDay = (description: string) => z.string().regex(TIME_OF_DAY_PATTERN).meta({ description });

const changeWindow = z
  .strictObject({
    name: z
      .string()
      .regex(SOURCE_NAME_PATTERN)
      .meta({ description: "What it is called: letters, digits and . _ -, unique." }),
    stacks: z
      .record(z.string().regex(LABEL_NAME), z.string().min(1).max(200))
      .optional()
      .meta({ description: "Labels that a stack must all have. Default: all stacks." }),
    weekly: z
      .strictObject({
        days: z.array(z.enum(WEEKDAYS)).min(1).max(7).meta({ description: "On which it begins." }),
        from: timeOfDay("When it begins."),
        to: timeOfDay("When it ends; before its beginning: on the next day."),
        zone: text.meta({ description: "Time zone, such as Europe/Berlin or UTC." }),
      })
      .optional()
      .meta({ description: "Every week." }),
    once: z
      .strictObject({
        from: z.iso.datetime({ offset: true }).meta({ description: "When it begins: 2026-03-01T22:00:00Z." }),
        to: z.iso.datetime({ offset: true }).meta({ description: "When it ends." }),
      })
      .optional()
      .meta({ description: "One time." }),
  })
  .meta({
    description: "When changes are planned; what is opened and looked at within it is less grave.",
    oneOf: WINDOW_KINDS.map((kind) => ({ required: [kind] })),
  });

export const policy = z
  .strictObject({
    rules: z
      .array(path("A file with version, rules and adjust."))
      .max(100)
      .optional()
      .meta({ description: "Files of rules beside those that are built in." }),
    adjust: adjustments
      .optional()
      .meta({ description: "What changes the severity, after those of the files." }),
    disable: z.array(text).max(1000).optional().meta({
      description:
        "Ids of built-in rules and adjustments that do not count; * stands for any characters. “anchorwatch policy list” shows them.",
    }),
    breakGlass: z.array(text).max(1000).optional().meta({
      description: "ARNs of roles and users that are kept for emergencies; * stands for any characters.",
    }),
    changeWindows: z
      .array(changeWindow)
      .max(200)
      .optional()
      .meta({ description: "When changes are planned." }),
  })
  .meta({ description: "Why drifts matter, and how much." });

export type PolicySection = z.infer<typeof policy>;
export type ChangeWindowSection = NonNullable<PolicySection["changeWindows"]>[number];
