import { z } from "zod";
import type { CheckRecord } from "../../watch/records.ts";
import { coverageShape, failureShape } from "./stack.ts";
import { schemaName, time, timeOf } from "./wire.ts";

export const checkShape = z
  .object({
    schema: schemaName("check-record"),
    id: z.string(),
    stackId: z.string(),
    trigger: z.enum(["schedule", "event", "manual", "ci"]),
    startedAt: time,
    finishedAt: time,
    outcome: z.enum(["complete", "incomplete", "failed"]),
    coverage: coverageShape.optional(),
    error: failureShape.optional(),
  })
  .meta({
    id: "CheckRecord",
    description: "A check that found something, failed, or was asked for by a person.",
  });

export function presentCheck(check: CheckRecord): z.infer<typeof checkShape> {
  return {
    schema: "anchorwatch.check-record/v1",
    ...check,
    startedAt: timeOf(check.startedAt),
    finishedAt: timeOf(check.finishedAt),
  };
}
