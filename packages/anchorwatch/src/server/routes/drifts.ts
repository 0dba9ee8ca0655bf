import { z } from "zod";
import { type DriftId, weightOf } from "../../watch/drift.ts";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { classShape, severityShape } from "../shapes/classification.ts";
import { driftShape, driftStepShape, presentDrift, presentStep } from "../shapes/drift.ts";
import { next, order, pageQuery } from "../shapes/page.ts";
import { moment, schemaName, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const driftsShape = z.object({ schema: schemaName("drifts"), drifts: z.array(driftShape), next });
const historyShape = z.object({
  schema: schemaName("drift-history"),
  drift: driftShape,
  history: z.array(driftStepShape).meta({ description: "Oldest first." }),
});

export function addDriftRoutes(
  api: Api,
  { watch, pages }: Pick<ServerDependencies, "watch" | "pages">,
): void {
  const { drifts } = watch.records;
  api.get(
    "/drifts",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "Drifts, the newest change first",
        tags: ["drifts"],
        querystring: pageQuery({
          stack: z.string().max(200).optional().meta({ description: "Id of a stack." }),
          status: z.enum(["open", "closed"]).optional(),
          verdict: z.enum(["changed", "deleted", "unmanaged", "absorbed"]).optional(),
          type: z.string().max(200).optional().meta({ description: "Exactly, such as aws_s3_bucket." }),
          address: z.string().max(2000).optional().meta({ description: "What the address begins with." }),
          actor: z.string().max(2000).optional().meta({ description: "A principal, or a person, exactly." }),
          class: classShape.optional(),
          severity: severityShape.optional().meta({ description: "Exactly." }),
          excepted: z
            .enum(["true", "false"])
            .optional()
            .meta({ description: "Whether an exception silences it." }),
          sort: z
            .enum(["updatedAt", "openedAt", "severity"])
            .default("updatedAt")
            .meta({ description: "severity: the severest first, among equals what changed last." }),
          order,
          from: moment.meta({
            description: "Only those whose time, of `sort`, is then or later; by severity, the last change.",
          }),
          to: moment.meta({ description: "Only those whose time, of `sort`, is before." }),
        }),
        response: { 200: driftsShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { stack, address, excepted, limit: _, cursor: __, ...others } = request.query;
      const { visible } = request.access;
      const filter = withoutUndefined({
        ...others,
        stackId: stack as StackId | undefined,
        addressPrefix: address,
        excepted: excepted === undefined ? undefined : excepted === "true",
      });
      const page = await pages.read(
        request,
        (part) => drifts.list({ ...filter, ...part, visible }),
        (drift) => ({
          value: others.sort === "severity" ? weightOf(drift) : timeOf(drift[others.sort]),
          id: drift.id,
        }),
      );
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
      config: { access: "stack.view" },
      schema: {
        summary: "One drift, with every value it had",
        tags: ["drifts"],
        params: z.object({ id: z.string().min(1).max(200) }),
        response: { 200: historyShape, ...problemAnswers },
      },
    },
    async ({ params: { id }, access: { visible } }) => {
      const drift = await drifts.byId(id as DriftId, { visible });
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
