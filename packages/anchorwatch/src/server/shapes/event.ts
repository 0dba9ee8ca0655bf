import { z } from "zod";
import type { StoredEvent } from "../../watch/records.ts";
import { actorShape } from "./actor.ts";
import { count, schemaName, time, timeOf } from "./wire.ts";

export const eventShape = z
  .object({
    schema: schemaName("event"),
    id: z.string(),
    source: z.string().meta({ description: "Event source, as the operator's file calls it." }),
    time,
    receivedAt: time,
    name: z.string(),
    service: z.string(),
    region: z.string().optional(),
    account: z.string().optional(),
    actor: actorShape,
    identifiers: z.array(z.string()).meta({ description: "Whatever in the event could name a resource." }),
    touched: z
      .array(z.object({ stackId: z.string(), address: z.string() }))
      .meta({ description: "Empty: nothing that a stack knows, a candidate for something unmanaged." }),
  })
  .meta({ id: "Event", description: "A change, as an audit trail tells of it." });

export function presentEvent({ time: at, receivedAt, ...event }: StoredEvent): z.infer<typeof eventShape> {
  return {
    schema: "anchorwatch.event/v1",
    ...event,
    time: timeOf(at),
    receivedAt: timeOf(receivedAt),
    identifiers: [...event.identifiers],
    touched: [...event.touched],
  };
}

export const receiptShape = z
  .object({
    schema: schemaName("receipt"),
    records: count,
    changes: count.meta({ description: "Of the records, those that tell of a change." }),
    malformed: count.meta({ description: "Of the records, those that could not be read." }),
  })
  .meta({ id: "Receipt" });
