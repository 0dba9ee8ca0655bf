import { z } from "zod";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import { checkShape, presentCheck } from "../shapes/check.ts";
import { next, pageQuery, readPage } from "../shapes/page.ts";
import { schemaName } from "../shapes/wire.ts";
import type { ReadableRecords } from "../watch.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { problemAnswers } from "./problemAnswers.ts";

const checksShape = z.object({ schema: schemaName("check-records"), checks: z.array(checkShape), next });

export function addCheckRoutes(api: Api, { checks }: Pick<ReadableRecords, "checks">): void {
  api.get(
    "/checks",
    {
      schema: {
        summary: "Checks, newest first",
        description:
          "Those that found something, failed, or were asked for. A sweep that finds everything as before leaves none.",
        tags: ["checks"],
        querystring: pageQuery({
          stack: z.string().max(200).optional().meta({ description: "Id of a stack." }),
        }),
        response: { 200: checksShape, ...problemAnswers },
      },
    },
    async ({ query }) => {
      const filter = withoutUndefined({ stackId: query.stack as StackId | undefined });
      const page = await readPage(query, (part) => checks.list({ ...filter, ...part }));
      return {
        schema: "anchorwatch.check-records/v1" as const,
        checks: page.items.map(presentCheck),
        next: page.next,
      };
    },
  );
}
