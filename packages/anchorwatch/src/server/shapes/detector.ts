import { z } from "zod";
import type { DetectorStatus } from "../../watch/records.ts";
import { count, maybeTime, schemaName, time, timeOf } from "./wire.ts";

export const detectorShape = z
  .object({
    schema: schemaName("detector"),
    name: z.string().meta({ description: "`stack:network`, `events:trail`, `publisher`, `retentions`" }),
    isAlive: z.boolean(),
    at: time.meta({ description: "Its last sign of life." }),
    ageMs: count.meta({ description: "Milliseconds since then." }),
    expectedWithinMs: count.meta({ description: "Silent for longer than this, it is dead." }),
    lagMs: count.optional().meta({ description: "From what it saw last happening until it was seen." }),
    heardAt: time.optional().meta({ description: "When an event source last told of anything." }),
    problem: z.string().optional().meta({ description: "Why it is failing; absent: it is well." }),
    wellAt: time.optional(),
    deadSince: time.optional(),
  })
  .meta({ id: "Detector", description: "Something that has to give signs of life." });

/** Dead is what was found to be, and also what is overdue while nobody has looked yet. */
export function isAlive({ at, expectedWithinMs, deadSince }: DetectorStatus, now: Date): boolean {
  return deadSince === undefined && now.getTime() - at.getTime() <= expectedWithinMs;
}

export function presentDetector(detector: DetectorStatus, now: Date): z.infer<typeof detectorShape> {
  return {
    schema: "anchorwatch.detector/v1",
    ...detector,
    isAlive: isAlive(detector, now),
    at: timeOf(detector.at),
    ageMs: Math.max(0, now.getTime() - detector.at.getTime()),
    lagMs: detector.lagMs === undefined ? undefined : Math.max(0, Math.round(detector.lagMs)),
    heardAt: maybeTime(detector.heardAt),
    wellAt: maybeTime(detector.wellAt),
    deadSince: maybeTime(detector.deadSince),
  };
}
