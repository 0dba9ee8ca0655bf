import { z } from "zod";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { claimShape, presentClaim } from "../shapes/claim.ts";
import { next, pageQuery } from "../shapes/page.ts";
import { schemaName, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { problemAnswers } from "./problemAnswers.ts";

const claimsShape = z.object({ schema: schemaName("claims"), claims: z.array(claimShape), next });

export function addClaimRoutes(
  api: Api,
  { watch, pages }: Pick<ServerDependencies, "watch" | "pages">,
): void {
  api.get(
    "/claims",
    {
      config: { access: "stack.view" },
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
    async (request) => {
      const { stack, status } = request.query;
      const { visible } = request.access;
      const filter = withoutUndefined({ stackId: stack as StackId | undefined, status });
      const page = await pages.read(
        request,
        (part) => watch.records.claims.list({ ...filter, ...part, visible }),
        ({ updatedAt, id }) => ({ value: timeOf(updatedAt), id }),
      );
      return {
        schema: "anchorwatch.claims/v1" as const,
        claims: page.items.map(presentClaim),
        next: page.next,
      };
    },
  );
}
