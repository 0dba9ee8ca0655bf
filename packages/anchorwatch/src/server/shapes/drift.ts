import { z } from "zod";
import type { DriftRecord, DriftStep } from "../../watch/drift.ts";
import { attributionShape, presentAttribution } from "./actor.ts";
import { classificationShape, exceptedShape, presentJudged } from "./classification.ts";
import { stateShape } from "./stack.ts";
import { count, jsonObject, maybeTime, schemaName, time, timeOf } from "./wire.ts";

const verdict = z.enum(["changed", "deleted", "unmanaged", "absorbed"]);
const end = z
  .enum(["ignored", "reverted", "deployed", "adopted", "passed", "removed"])
  .optional()
  .meta({ description: "How it ended." });
const found = jsonObject("What is there, secrets masked: `before` and `after` as in the ledger's entry.");

const searchShape = z
  .object({
    at: time,
    from: time,
    to: time,
    files: count.meta({ description: "Log files that were read." }),
    leftOut: count.meta({
      description: "Above 0: it was cut short, and the oldest files of that time were not read.",
    }),
    problem: z.string().optional().meta({ description: "Why some of it could not be searched." }),
  })
  .meta({ description: "No event told of it: what the trails' log files were asked for." });

export const driftShape = z
  .object({
    schema: schemaName("drift"),
    id: z.string(),
    stackId: z.string(),
    resource: z.string().meta({ description: "Names the resource also where it has no address." }),
    address: z.string().meta({ description: "Empty for what no stack knows." }),
    type: z.string(),
    status: z.enum(["open", "closed"]),
    verdict,
    digest: z.string().meta({ description: "Equal for equal drift." }),
    openedAt: time,
    updatedAt: time,
    closedAt: time.optional(),
    end,
    times: count.meta({ description: "How often it was opened." }),
    entryId: z.string().meta({ description: "Of the ledger's entry that opened it, this time." }),
    found,
    attributions: z.array(attributionShape).meta({ description: "By time, the latest first." }),
    state: stateShape.meta({ description: "What it was compared with when it was last seen." }),
    seenAt: time.meta({ description: "When what is told here was read." }),
    causesSince: time.optional().meta({ description: "What caused it happened since then." }),
    search: searchShape.optional(),
    classification: classificationShape.optional(),
    excepted: exceptedShape.optional(),
  })
  .meta({ id: "Drift" });

export const driftStepShape = z
  .object({
    at: time,
    kind: z.enum([
      "opened",
      "updated",
      "absorbed",
      "attributed",
      "closed",
      "reopened",
      "classified",
      "excepted",
      "rearmed",
    ]),
    verdict,
    checkId: z.string().meta({ description: "Empty: no check, but time or people made this step." }),
    end,
    found,
    attributions: z.array(attributionShape),
    classification: classificationShape.optional(),
    excepted: exceptedShape.optional(),
  })
  .meta({ id: "DriftStep", description: "One step in the life of a drift." });

/** Fingerprints stay inside: they serve later checks, and nobody else. */
export function presentDrift(drift: DriftRecord): z.infer<typeof driftShape> {
  const { marks: _, search, ...shown } = drift;
  return {
    schema: "anchorwatch.drift/v1",
    ...shown,
    openedAt: timeOf(drift.openedAt),
    updatedAt: timeOf(drift.updatedAt),
    closedAt: maybeTime(drift.closedAt),
    seenAt: timeOf(drift.seenAt),
    causesSince: maybeTime(drift.causesSince),
    search: search && { ...search, at: timeOf(search.at), from: timeOf(search.from), to: timeOf(search.to) },
    attributions: drift.attributions.map(presentAttribution),
    ...presentJudged(drift),
  };
}

export function presentStep({ driftId: _, ...step }: DriftStep): z.infer<typeof driftStepShape> {
  const attributions = step.attributions.map(presentAttribution);
  return { ...step, at: timeOf(step.at), attributions, ...presentJudged(step) };
}
