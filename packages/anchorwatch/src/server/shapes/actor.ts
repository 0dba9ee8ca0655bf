import { z } from "zod";
import type { Attribution } from "../../domain/actor.ts";
import { time, timeOf } from "./wire.ts";

export const actorShape = z
  .object({
    principal: z.string().meta({ description: "What the audit trail names." }),
    kind: z.enum(["user", "role", "root", "federated", "service", "account", "unknown"]),
    sessionIssuer: z.string().optional(),
    sessionName: z.string().optional(),
    sourceIdentity: z.string().optional(),
    federated: z.object({ provider: z.string(), subject: z.string().optional() }).optional(),
    account: z.string().optional(),
    channel: z.enum(["console", "cli", "sdk", "terraform", "service", "unknown"]),
    sourceAddress: z.string().optional(),
    userAgent: z.string().optional(),
  })
  .meta({ id: "Actor", description: "Who made a change, as the audit trail tells." });

export const attributionShape = z
  .object({
    eventId: z.string(),
    eventName: z.string(),
    service: z.string(),
    time,
    actor: actorShape,
    person: z
      .discriminatedUnion("kind", [
        z.object({ kind: z.literal("mapped"), name: z.string(), rule: z.string() }),
        z.object({ kind: z.literal("unmapped") }),
      ])
      .meta({ description: "The person that the operator's rules map the actor to." }),
    isDelivery: z.boolean().meta({ description: "The stack's own delivery principal." }),
  })
  .meta({ id: "Attribution", description: "An event that may have caused a drift." });

export function presentAttribution({
  time: at,
  ...attribution
}: Attribution): z.infer<typeof attributionShape> {
  return { ...attribution, time: timeOf(at) };
}
