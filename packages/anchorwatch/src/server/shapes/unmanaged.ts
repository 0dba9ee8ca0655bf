import { z } from "zod";
import type { SearchedAccount, UnmanagedRecord } from "../../watch/unmanaged.ts";
import { attributionShape, presentAttribution } from "./actor.ts";
import { classificationShape, presentClassification } from "./classification.ts";
import { count, jsonObject, maybeTime, schemaName, time, timeOf } from "./wire.ts";

export const unmanagedShape = z
  .object({
    schema: schemaName("unmanaged"),
    id: z.string(),
    account: z.string().meta({ description: "As the operator's file calls it." }),
    region: z.string().meta({ description: "global: it belongs to none." }),
    type: z
      .string()
      .meta({ description: "As Terraform calls it; else by its ARN, such as comprehend:flywheel." }),
    importId: z.string().meta({ description: "What terraform import takes." }),
    arn: z.string().optional(),
    parent: z
      .object({ type: z.string(), id: z.string() })
      .optional()
      .meta({ description: "What it is a part of." }),
    status: z.enum(["open", "accepted", "closed"]),
    digest: z.string().meta({ description: "Equal as long as nothing of it changed that matters." }),
    attributes: jsonObject("What it is like, without secrets."),
    tags: jsonObject("Its tags; what is called a secret is hidden."),
    createdAt: time.optional().meta({ description: "As AWS tells it." }),
    firstSeenAt: time,
    openedAt: time.optional(),
    seenAt: time,
    updatedAt: time,
    closedAt: time.optional(),
    end: z
      .enum(["gone", "managed", "left_out", "not_searched"])
      .optional()
      .meta({ description: "How it ended; managed: a stack has it now." }),
    because: z.string().optional().meta({ description: "Why it ended, in a sentence." }),
    times: count.meta({ description: "How often it was opened." }),
    attributions: z
      .array(attributionShape)
      .meta({ description: "Who made or changed it, the latest first." }),
    accepted: z
      .object({ at: time, by: z.string(), byName: z.string().optional(), reason: z.string() })
      .optional()
      .meta({ description: "Who has accepted it, and why." }),
    classification: classificationShape.optional(),
    entryId: z.string().optional().meta({ description: "Of the ledger's entry that opened it, this time." }),
  })
  .meta({ id: "Unmanaged", description: "What runs in an account and no stack has." });

const unit = z.object({
  service: z.string().meta({ description: "Of AWS, such as ec2; or the source address of a provider." }),
  region: z.string(),
  seen: count.meta({ description: "Things that it told of." }),
  problems: z
    .array(z.object({ kind: z.enum(["denied", "failed"]), permission: z.string(), message: z.string() }))
    .meta({ description: "What could not be asked; what it did not tell is unknown." }),
  listed: z
    .array(z.string())
    .optional()
    .meta({ description: "Of a provider of the stacks: types that it was asked for." }),
  notListed: z
    .array(z.object({ type: z.string(), because: z.string() }))
    .optional()
    .meta({ description: "Types that it lists only when it is told what to look for." }),
});

export const searchedAccountShape = z
  .object({
    name: z.string(),
    labels: z.record(z.string(), z.string()),
    account: z.string().optional().meta({ description: "Its number, once it is known." }),
    regions: z.array(z.string()),
    nextSearchAt: time.optional(),
    search: z
      .object({
        startedAt: time,
        finishedAt: time,
        isComplete: z.boolean().meta({ description: "Whether everything could be asked." }),
        things: count,
        managed: count,
        managedByGuess: count.meta({
          description: "Of these, known by a name alone: the stack does not tell in which account it is.",
        }),
        unreadStacks: count.meta({
          description:
            "Stacks that you may see and whose states could never be read until now: what they have is told as unmanaged.",
        }),
        drifts: count.meta({ description: "Told as drifts of the stacks whose states they left." }),
        unmanaged: count,
        leftOut: z.record(z.string(), count).meta({ description: "By the rule that leaves them out." }),
        units: z.array(unit).meta({ description: "What was looked at: services, in regions." }),
        calls: count,
        waitedMs: count.meta({ description: "Of the time, what was spent waiting for AWS." }),
      })
      .optional()
      .meta({ description: "The last search; absent: there was none yet, and nothing is known." }),
  })
  .meta({ id: "SearchedAccount", description: "An account, and what the last search looked at." });

export function presentUnmanaged(record: UnmanagedRecord): z.infer<typeof unmanagedShape> {
  const { unit: _, status, attributions, accepted, classification, ...rest } = record;
  return {
    schema: "anchorwatch.unmanaged/v1",
    ...rest,
    status: status === "held" ? "open" : status,
    createdAt: maybeTime(record.createdAt),
    firstSeenAt: timeOf(record.firstSeenAt),
    openedAt: maybeTime(record.openedAt),
    seenAt: timeOf(record.seenAt),
    updatedAt: timeOf(record.updatedAt),
    closedAt: maybeTime(record.closedAt),
    attributions: attributions.map(presentAttribution),
    accepted: accepted && { ...accepted, at: timeOf(accepted.at) },
    classification: classification && presentClassification(classification),
  };
}

/** @param unreadStacks that whoever asks may see */
export function presentAccount(
  account: SearchedAccount,
  unreadStacks: number,
): z.infer<typeof searchedAccountShape> {
  const { labelSet: _, labels, regions, nextSearchAt, search, ...rest } = account;
  return {
    ...rest,
    labels: { ...labels },
    regions: [...regions],
    nextSearchAt: maybeTime(nextSearchAt),
    search: search && {
      ...search,
      unreadStacks,
      startedAt: timeOf(search.startedAt),
      finishedAt: timeOf(search.finishedAt),
      leftOut: { ...search.leftOut },
      units: search.units.map(({ problems, listed, notListed, ...one }) => ({
        ...{ ...one, problems: [...problems] },
        ...(listed === undefined ? {} : { listed: [...listed] }),
        ...(notListed === undefined ? {} : { notListed: [...notListed] }),
      })),
    },
  };
}
