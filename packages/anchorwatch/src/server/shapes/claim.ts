import { z } from "zod";
import type { ClaimRecord } from "../../watch/claim.ts";
import { count, maybeTime, schemaName, time, timeOf } from "./wire.ts";

export const claimShape = z
  .object({
    schema: schemaName("claim"),
    id: z.string(),
    stacks: z.array(z.string()).length(2).meta({ description: "Ids of the two stacks." }),
    status: z.enum(["open", "closed"]),
    count: count.meta({ description: "How many resources both of them have." }),
    resources: z
      .array(
        z.object({
          type: z.string(),
          id: z.string(),
          addresses: z
            .array(z.string())
            .length(2)
            .meta({ description: "In the one stack and in the other, as `stacks` has them." }),
        }),
      )
      .meta({ description: "The first hundred, by address." }),
    openedAt: time,
    updatedAt: time,
    closedAt: time.optional(),
    entryId: z.string().meta({ description: "Of the ledger's entry that opened it." }),
  })
  .meta({ id: "Claim", description: "Two stacks whose states have the same resources." });

export function presentClaim(claim: ClaimRecord): z.infer<typeof claimShape> {
  const { stacks, resources, openedAt, updatedAt, closedAt, ...rest } = claim;
  return {
    schema: "anchorwatch.claim/v1",
    ...rest,
    stacks: [...stacks],
    resources: resources.map(({ addresses, ...resource }) => ({ ...resource, addresses: [...addresses] })),
    openedAt: timeOf(openedAt),
    updatedAt: timeOf(updatedAt),
    closedAt: maybeTime(closedAt),
  };
}
