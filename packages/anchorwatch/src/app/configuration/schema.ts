/** The form of `anchorwatch.yaml`. Its JSON Schema in `docs/schema/` is made from this: descriptions are for people. */
import { z } from "zod";
import { adjustments, rules } from "../policy/rules/ruleSchema.ts";
import { DURATION_PATTERN } from "./duration.ts";
import { repositoryGate } from "./gateSchema.ts";

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/)
  .meta({ description: "Name of the stack: letters, digits and . _ / -, unique in the file." });

const relativePath = (description: string) => z.string().min(1).max(1000).meta({ description });

const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*$/);
const providerName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)?$/);
const anything = z.unknown();

const duration = z
  .string()
  .regex(DURATION_PATTERN)
  .meta({ description: "A duration: 500ms, 90s, 5m, 1h30m." });

const stack = z.strictObject({
  name,
  path: relativePath("Folder of the root module, relative to this file and inside its folder."),
  workspace: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Workspace, when it is not the selected one." }),
  state: relativePath(
    "State file, relative to this file. Without it the backend of the code tells.",
  ).optional(),
  inputs: z.record(identifier, anything).optional().meta({
    description:
      "Values of the root module's variables. They win over every file of variables; the command line wins over them.",
  }),
  varFiles: z
    .array(relativePath("A .tfvars file, relative to this file."))
    .optional()
    .meta({ description: "Files of variables, in order: later ones win." }),
  providers: z.record(providerName, z.record(identifier, anything)).optional().meta({
    description:
      "Arguments of provider blocks that cannot be told from the code, by provider name and alias: aws, aws.west.",
  }),
  sweepEvery: duration.optional().meta({
    description:
      "How often the watch looks at the whole stack. At least 1m; it counts where it is more often than what the operator's file says.",
  }),
});

const rulePattern = z.string().min(1).max(500);

const ignoreObject = z
  .strictObject({
    type: rulePattern.optional().meta({ description: "Resource type; * stands for any characters." }),
    address: rulePattern
      .optional()
      .meta({ description: "Resource address, with or without instance keys; * stands for any characters." }),
    path: rulePattern.optional().meta({
      description: "Path of the attribute, such as ingress[*].description. Without it: the whole resource.",
    }),
    reason: z.string().max(500).optional().meta({ description: "Why: shown in every report." }),
    not: z
      .boolean()
      .optional()
      .meta({ description: "Report after all what the rules before this one ignore." }),
  })
  .meta({ description: "A rule by its parts. At least one of type, address and path." });

const ignoreRule = z.union([
  z.string().min(1).max(1000).meta({
    description: "A rule in one line: [!]TYPE-OR-ADDRESS[:PATH], such as aws_instance:tags.LastScan.",
  }),
  ignoreObject,
]);

const sensitiveRule = z.strictObject({
  type: rulePattern.optional().meta({ description: "Resource type; * stands for any characters." }),
  path: rulePattern.meta({ description: "Path of the attribute whose value is never shown." }),
});

export const fileSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: "Version of this file's form." }),
    stacks: z.array(stack).optional().meta({ description: "The stacks of this repository." }),
    ignore: z
      .array(ignoreRule)
      .optional()
      .meta({ description: "Differences that are no drift. The last rule that matches wins." }),
    sensitive: z.array(sensitiveRule).optional().meta({
      description: "Values that are never shown, beyond those that providers and states call sensitive.",
    }),
    rules: rules.optional().meta({
      description: "Why drifts of these stacks matter, beside the rules of the operator and those built in.",
    }),
    adjust: adjustments.optional().meta({ description: "What raises the severity, in order." }),
    ruleFiles: z
      .array(relativePath("A file with version, rules and adjust, relative to this file."))
      .max(100)
      .optional()
      .meta({ description: "Files with more of both." }),
    policyTests: z
      .array(relativePath("A file with cases, relative to this file."))
      .max(1000)
      .optional()
      .meta({ description: "What anchorwatch policy test runs where no file is named." }),
    gate: repositoryGate.optional(),
    deadlines: z
      .record(z.string().regex(/^[a-z0-9_]+$/), duration)
      .optional()
      .meta({ description: "How long one read may take, by resource type." }),
    concurrency: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: "Reads in flight at once, all providers together." }),
  })
  .meta({
    title: "Anchorwatch configuration",
    description: "anchorwatch.yaml: what a repository says about its stacks.",
  });

export type ConfigurationFile = z.infer<typeof fileSchema>;
