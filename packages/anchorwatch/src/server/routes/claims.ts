import { z } from "zod";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import { claimShape, presentClaim } from "../shapes/claim.ts";
import { next, pageQuery, readPage } from "../shapes/page.ts";
import { schemaName } from "../shapes/wire.ts";
import type { ReadableRecords } from "../watch.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { problemAnswers } from "./problemAnswers.ts";

const claimsShape = z.object({ schema: schemaName("claims"), claims: z.array(claimShape), next });

export function addClaimRoutes(api: Api, { claims }: Pick<ReadableRecords, "claims">): void {
  api.get(
    "/claims",
    {
      schema: {
        summary: "Stacks that have the same resources, newest change first",
        description: "Each of two such stacks undoes what the other one deploys.",
        tags: ["claims"],
        querystring: pageQuery({
          stack: z.string().max(200).optional().meta({ description: "Id of a stack." }),
          status: z.enum(["open", "closed"]).optional(),
        }),
        response: { 200: claimsShape, ...problemAnswers },
      },
    },
    async ({ query }) => {
      const { stack, status } = query;
      const filter = withoutUndefined({ stackId: stack as StackId | undefined, status });
      const page = await readPage(query, (part) => claims.list({ ...filter, ...part }));
      return {
        schema: "anchorwatch.claims/v1" as const,
        claims: page.items.map(presentClaim),
        next: page.next,
      };
    },
  );
}
