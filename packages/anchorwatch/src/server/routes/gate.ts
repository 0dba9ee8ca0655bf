import { z } from "zod";
import { MOST_DRIFTS, syncOfStack } from "../../app/gate/syncOfStack.ts";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { gateShape, presentGate } from "../shapes/gate.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

export function addGateRoutes(api: Api, { watch, now }: Pick<ServerDependencies, "watch" | "now">): void {
  api.get(
    "/stacks/:id/gate",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "Whether a stack may be deployed",
        description:
          "In sync, not frozen, and by which rules a plan is to be judged. The plan itself stays where it is: anchorwatch gate judges it there.",
        tags: ["stacks"],
        params: z.object({ id: z.string().min(1).max(200) }),
        response: { 200: gateShape, ...problemAnswers },
      },
    },
    async ({ params: { id }, access: { visible } }) => {
      const stackId = id as StackId;
      const { stacks, drifts } = watch.records;
      const status = await stacks.byId(stackId, { visible });
      if (status === undefined) throw notFound("stack", id);
      const open = await drifts.list({
        stackId,
        status: "open",
        sort: "severity",
        order: "desc",
        limit: MOST_DRIFTS,
        visible,
      });
      const { settings, rules } = watch.gate();
      const { maxCheckAgeMs } = settings;
      const sync = syncOfStack(status, open, { now: now(), maxCheckAgeMs });
      return presentGate({ status, sync, freeze: await watch.freezeOf(stackId), settings, rules });
    },
  );
}
