import { z } from "zod";
import type { DriftId } from "../../watch/drift.ts";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import { driftShape, driftStepShape, presentDrift, presentStep } from "../shapes/drift.ts";
import { next, pageQuery, readPage } from "../shapes/page.ts";
import { schemaName } from "../shapes/wire.ts";
import type { ReadableRecords } from "../watch.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const driftsShape = z.object({ schema: schemaName("drifts"), drifts: z.array(driftShape), next });
const historyShape = z.object({
  schema: schemaName("drift-history"),
  drift: driftShape,
  history: z.array(driftStepShape).meta({ description: "Oldest first." }),
});

export function addDriftRoutes(api: Api, { drifts }: Pick<ReadableRecords, "drifts">): void {
  api.get(
    "/drifts",
    {
      schema: {
        summary: "Drifts, the newest change first",
        tags: ["drifts"],
        querystring: pageQuery({
          stack: z.string().max(200).optional().meta({ description: "Id of a stack." }),
          status: z.enum(["open", "closed"]).optional(),
        }),
        response: { 200: driftsShape, ...problemAnswers },
      },
    },
    async ({ query }) => {
      const filter = withoutUndefined({ stackId: query.stack as StackId | undefined, status: query.status });
      const page = await readPage(query, (part) => drifts.list({ ...filter, ...part }));
      return {
        schema: "anchorwatch.drifts/v1" as const,
        drifts: page.items.map(presentDrift),
        next: page.next,
      };
    },
  );

  api.get(
    "/drifts/:id",
    {
      schema: {
        summary: "One drift, with every value it had",
        tags: ["drifts"],
        params: z.object({ id: z.string().min(1).max(200) }),
        response: { 200: historyShape, ...problemAnswers },
      },
    },
    async ({ params: { id } }) => {
      const drift = await drifts.byId(id as DriftId);
      if (drift === undefined) throw notFound("drift", id);
      const history = await drifts.history(drift.id);
      return {
        schema: "anchorwatch.drift-history/v1" as const,
        drift: presentDrift(drift),
        history: history.map(presentStep),
      };
    },
  );
}
