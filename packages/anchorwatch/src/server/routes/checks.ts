import { z } from "zod";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { checkShape, presentCheck } from "../shapes/check.ts";
import { next, pageQuery } from "../shapes/page.ts";
import { moment, schemaName, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { problemAnswers } from "./problemAnswers.ts";

const checksShape = z.object({ schema: schemaName("check-records"), checks: z.array(checkShape), next });

export function addCheckRoutes(
  api: Api,
  { watch, pages }: Pick<ServerDependencies, "watch" | "pages">,
): void {
  api.get(
    "/checks",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "Checks, newest first",
        description:
          "Those that found something, failed, or were asked for. A sweep that finds everything as before leaves none.",
        tags: ["checks"],
        querystring: pageQuery({
          stack: z.string().max(200).optional().meta({ description: "Id of a stack." }),
          outcome: z.enum(["complete", "incomplete", "failed"]).optional(),
          trigger: z.enum(["schedule", "event", "manual", "ci"]).optional(),
          from: moment.meta({ description: "Only those that ended then or later." }),
          to: moment.meta({ description: "Only those that ended before." }),
        }),
        response: { 200: checksShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { stack, outcome, trigger, from, to } = request.query;
      const { visible } = request.access;
      const filter = withoutUndefined({ stackId: stack as StackId | undefined, outcome, trigger, from, to });
      const page = await pages.read(
        request,
        (part) => watch.records.checks.list({ ...filter, ...part, visible }),
        ({ finishedAt, id }) => ({ value: timeOf(finishedAt), id }),
      );
      return {
        schema: "anchorwatch.check-records/v1" as const,
        checks: page.items.map(presentCheck),
        next: page.next,
      };
    },
  );
}
