import { z } from "zod";
import type { FreezeRecord } from "../../watch/freeze.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { count, maybeTime, schemaName, time, timeOf } from "./wire.ts";

const id = z.string().min(1).max(200);
export const freezeReason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .meta({ description: "Why; the gate says it, and it stands in the ledger." });

/** What somebody wants. */
export const wantedFreezeShape = z
  .strictObject({
    stackId: id,
    reason: freezeReason,
    until: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: "Until then, within a year. Absent: until somebody thaws it." }),
  })
  .meta({ id: "WantedFreeze" });

export const freezeShape = z
  .object({
    schema: schemaName("freeze"),
    id: z.string(),
    stackId: z.string(),
    reason: z.string(),
    by: z.string().meta({ description: "Id of the user; of a playbook playbook:NAME." }),
    byName: z.string(),
    at: time,
    until: time.optional().meta({ description: "Absent: until somebody thaws it." }),
    run: z.string().optional().meta({ description: "Of the playbook that did it." }),
    state: z.enum(["active", "thawed", "expired"]),
    because: z.string().optional().meta({ description: "Why it was thawed." }),
    endedBy: z.string().optional(),
    updatedAt: time,
    version: count,
  })
  .meta({ id: "Freeze", description: "Deployments of a stack are to wait." });

/** What is over is over, whether or not that was written down already. */
export function presentFreeze(
  { id: name, at, until, updatedAt, stackId, state, ...freeze }: FreezeRecord,
  now: Date,
): z.infer<typeof freezeShape> {
  const isOver = state === "active" && until !== undefined && until <= now;
  return withoutUndefined({
    schema: "anchorwatch.freeze/v1" as const,
    ...freeze,
    ...{ id: name, stackId, state: isOver ? ("expired" as const) : state },
    ...{ at: timeOf(at), until: maybeTime(until), updatedAt: timeOf(updatedAt) },
  });
}
