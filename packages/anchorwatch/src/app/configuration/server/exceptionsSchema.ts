/** The form of the section `exceptions` of `anchorwatch.server.yaml`. Descriptions are for people. */
import { z } from "zod";
import { LABEL_NAME } from "../../../domain/labels.ts";
import { SOURCE_NAME_PATTERN } from "./watchSchema.ts";

const pattern = (description: string) =>
  z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: `${description} * stands for any characters.` });

/** Which member makes it which kind. */
export const EXCEPTION_KINDS = ["ignore", "escalate"] as const;

const exception = z
  .strictObject({
    name: z
      .string()
      .regex(SOURCE_NAME_PATTERN)
      .meta({ description: "What it is called: letters, digits and . _ -, unique." }),
    stack: pattern("Name of the stack. Default: all."),
    labels: z
      .record(z.string().regex(LABEL_NAME), z.string().min(1).max(200))
      .optional()
      .meta({ description: "Labels that a stack must all have. Default: all stacks." }),
    type: pattern("Type of the resource."),
    address: pattern("Address of the resource, with or without instance keys."),
    path: pattern(
      "Path of the attribute, such as tags.LastScan. To be ignored all that differs must be there; to be escalated any of it.",
    ),
    reason: z.string().min(1).max(2000).meta({ description: "Why: everybody is shown it." }),
    ignore: z
      .strictObject({
        until: z.iso.datetime({ offset: true }).meta({ description: "Until then: 2027-03-01T00:00:00Z." }),
        evenCritical: z.boolean().optional().meta({
          description: "Whether critical drift is silenced, too. Default: it is told all the same.",
        }),
      })
      .optional()
      .meta({ description: "Nobody is told of it." }),
    escalate: z
      .strictObject({
        severity: z
          .enum(["info", "low", "medium", "high", "critical"])
          .optional()
          .meta({ description: "At least this." }),
        class: z.literal("security").optional(),
        until: z.iso
          .datetime({ offset: true })
          .optional()
          .meta({ description: "Until then. Default: for ever." }),
      })
      .optional()
      .meta({ description: "It is worse than the rules think." }),
  })
  .meta({
    description: "Drift that is told otherwise than the rules say, in many stacks at once.",
    oneOf: EXCEPTION_KINDS.map((kind) => ({ required: [kind] })),
  });

export const exceptions = z.array(exception).max(500).optional().meta({
  description: "What is silenced, or worse than it seems. People make others by API, for one stack.",
});

export type ExceptionsSection = NonNullable<z.infer<typeof exceptions>>;
