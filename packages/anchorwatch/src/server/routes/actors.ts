import { z } from "zod";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { next, pageQuery } from "../shapes/page.ts";
import { count, schemaName, time, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { problemAnswers } from "./problemAnswers.ts";

const actorShape = z
  .object({
    principal: z.string().meta({ description: "Its ARN, as the trail names it." }),
    person: z.string().optional().meta({ description: "Who that is, by the rules of the operator's file." }),
    lastSeenAt: time.meta({ description: "When it caused a drift last." }),
    drifts: count.meta({ description: "That it caused." }),
    openDrifts: count,
  })
  .meta({ id: "SeenActor" });

const actorsShape = z.object({ schema: schemaName("actors"), actors: z.array(actorShape), next });

export function addActorRoutes(
  api: Api,
  { watch, pages }: Pick<ServerDependencies, "watch" | "pages">,
): void {
  api.get(
    "/actors",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "Who caused drifts, the latest first",
        description:
          "Counted is what whoever asks may see. The drifts themselves: GET /drifts?actor=PRINCIPAL.",
        tags: ["actors"],
        querystring: pageQuery({
          search: z.string().max(200).optional().meta({ description: "What principal or person contain." }),
        }),
        response: { 200: actorsShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { visible } = request.access;
      const filter = withoutUndefined({ search: request.query.search });
      const page = await pages.read(
        request,
        (part) => watch.records.actors.list({ ...filter, ...part, visible }),
        ({ lastSeenAt, principal }) => ({ value: timeOf(lastSeenAt), id: principal }),
      );
      return {
        schema: "anchorwatch.actors/v1" as const,
        actors: page.items.map(({ lastSeenAt, ...actor }) => ({ ...actor, lastSeenAt: timeOf(lastSeenAt) })),
        next: page.next,
      };
    },
  );
}
