/** The form of the section `unmanaged` of `anchorwatch.server.yaml`. Descriptions are for people. */

import { z } from "zod";
import { LABEL_NAME } from "../../../domain/labels.ts";
import { DURATION_PATTERN } from "../duration.ts";
import { aws, text } from "./words.ts";

const ACCOUNT_NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const ASKED_SERVICES = [
  ...["iam", "s3", "ec2", "kms", "lambda", "sqs", "sns", "events", "tagging"],
  // What the providers of the stacks list.
  "providers",
] as const;

const account = z
  .strictObject({
    name: z
      .string()
      .regex(ACCOUNT_NAME_PATTERN)
      .meta({ description: "What it is called: letters, digits and . _ -, unique." }),
    account: z
      .string()
      .regex(/^[0-9]{12}$/)
      .optional()
      .meta({
        description:
          "Its number, quoted. Credentials of another account are refused then, and events are told apart.",
      }),
    regions: z
      .array(z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-[0-9]$/))
      .min(1)
      .max(100)
      .meta({
        description: "Regions that are searched. What belongs to none (IAM, buckets) is searched once.",
      }),
    aws: aws.optional(),
    labels: z
      .record(z.string().regex(LABEL_NAME), z.string().max(200))
      .optional()
      .meta({ description: "What authorisation knows the account by, such as env: prod." }),
    without: z.array(z.enum(ASKED_SERVICES)).optional().meta({
      description:
        "Services that are not asked; providers: those of the stacks. Nothing is known of them then, and coverage says so.",
    }),
  })
  .meta({ description: "An account of AWS that is searched." });

const ignore = z
  .strictObject({
    arn: text.optional().meta({ description: "ARN; * stands for anything." }),
    type: text.optional().meta({ description: "Type as Terraform calls it; * stands for anything." }),
    tags: z.record(z.string(), z.string()).optional().meta({
      description: "Tags that it must have; * stands for anything. Whoever makes a thing chooses its tags.",
    }),
    reason: text.meta({ description: "Why nobody needs to hear of it." }),
  })
  .meta({ description: "What is left out: everything that the entry names must be so." });

export const unmanaged = z
  .strictObject({
    every: z
      .string()
      .regex(DURATION_PATTERN)
      .optional()
      .meta({ description: "How often each account is searched as a whole. Default: 1h." }),
    accounts: z.array(account).min(1).max(1000).meta({ description: "Accounts that are searched." }),
    ignore: z.array(ignore).max(1000).optional().meta({ description: "What is left out of what is found." }),
  })
  .meta({ description: "The search for what runs and no stack has." });

export type UnmanagedSection = z.infer<typeof unmanaged>;
