import { z } from "zod";
import type { ConfigurationStatus } from "../../app/configuration/server/configurationStatus.ts";
import type { PartState, WatchTotals } from "../../app/watch/health.ts";
import type { Readiness } from "../watch.ts";
import { configurationShape, presentConfiguration } from "./configuration.ts";
import { count, maybeTime, schemaName, time } from "./wire.ts";

export const healthShape = z
  .object({ schema: schemaName("health"), alive: z.literal(true), version: z.string() })
  .meta({ id: "Health" });

const part = z.object({
  state: z.enum(["well", "failing", "absent"]),
  problem: z
    .string()
    .optional()
    .meta({ description: "What is wrong, in a sentence. Of a worker alone; of a server its log tells." }),
});

export const readinessShape = z
  .object({
    schema: schemaName("readiness"),
    ready: z.boolean(),
    database: part,
    publisher: part.meta({ description: "Writes to the ledger; absent where there is none." }),
    configuration: configurationShape
      .optional()
      .meta({ description: "Of a worker alone; of a server GET /api/v1/configuration tells." }),
  })
  .meta({ id: "Readiness" });

export const statusShape = z
  .object({
    schema: schemaName("status"),
    version: z.string(),
    startedAt: time,
    stacks: z.object({ new: count, ok: count, failed: count, gone: count }),
    openDrifts: count,
    drifts: z
      .object({
        classes: z.object({ security: count, operational: count }),
        severities: z.object({ critical: count, high: count, medium: count, low: count, info: count }),
        unclassified: count,
        excepted: count.meta({ description: "Open, and nobody is told: counted here alone." }),
      })
      .meta({ description: "Those that are open." }),
    openClaims: count.meta({ description: "Pairs of stacks that have the same resources." }),
    installation: z
      .object({
        configuration: configurationShape,
        outbox: z
          .object({ entries: count, oldestAt: time.optional() })
          .meta({ description: "Entries that wait to be written to the ledger." }),
        queues: z.record(z.string(), count).meta({ description: "Jobs that wait, by queue." }),
      })
      .optional()
      .meta({ description: "For those who may see the watch as a whole." }),
  })
  .meta({ id: "Status" });

/** A file that cannot be used is shown, but what was in force before works on. */
export function isReady({ database, publisher }: Readiness): boolean {
  return database.kind === "well" && publisher.kind !== "failing";
}

export function presentPart(state: PartState | { readonly kind: "absent" }): z.infer<typeof part> {
  return { state: state.kind, problem: state.kind === "failing" ? state.problem : undefined };
}

/** For whoever asks, signed in or not: problems name machines and files. */
export function presentState({ kind }: PartState | { readonly kind: "absent" }): z.infer<typeof part> {
  return { state: kind };
}

export function presentInstallation(
  configuration: ConfigurationStatus,
  { outbox, queues }: Pick<WatchTotals, "outbox" | "queues">,
): NonNullable<z.infer<typeof statusShape>["installation"]> {
  return {
    configuration: presentConfiguration(configuration),
    outbox: { entries: outbox.entries, oldestAt: maybeTime(outbox.oldestAt) },
    queues,
  };
}
