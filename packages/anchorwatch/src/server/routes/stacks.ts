import { z } from "zod";
import type { WantedStack } from "../../app/watch/managing.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import { next, pageQuery, readPage } from "../shapes/page.ts";
import { presentStack, stackShape, wantedStackShape } from "../shapes/stack.ts";
import { schemaName, time, timeOf } from "../shapes/wire.ts";
import type { Watch } from "../watch.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const params = z.object({ id: z.string().min(1).max(200) });

const stacksShape = z.object({ schema: schemaName("stacks"), stacks: z.array(stackShape), next });

export function addStackRoutes(api: Api, { watch, now }: { watch: Watch; now: () => Date }): void {
  api.get(
    "/stacks",
    {
      schema: {
        summary: "Stacks, by name",
        tags: ["stacks"],
        querystring: pageQuery({
          health: z.enum(["new", "ok", "failed", "gone"]).optional(),
          name: z.string().max(200).optional().meta({ description: "Only the stack of exactly this name." }),
        }),
        response: { 200: stacksShape, ...problemAnswers },
      },
    },
    async ({ query: { health, name, limit, cursor } }) => {
      const filter = withoutUndefined({ health, name });
      const page = await readPage({ limit, cursor }, async (part) => {
        const found = await watch.records.stacks.list({ ...filter, ...part });
        return found.map((status) => ({ id: status.stack.id, status }));
      });
      return {
        schema: "anchorwatch.stacks/v1" as const,
        stacks: page.items.map(({ status }) => presentStack(status)),
        next: page.next,
      };
    },
  );

  api.get(
    "/stacks/:id",
    {
      schema: {
        summary: "One stack",
        tags: ["stacks"],
        params,
        response: { 200: stackShape, ...problemAnswers },
      },
    },
    async ({ params: { id } }) => {
      const found = await watch.records.stacks.byId(id as StackId);
      if (found === undefined) throw notFound("stack", id);
      return presentStack(found);
    },
  );

  api.post(
    "/stacks",
    {
      schema: {
        summary: "Adds a stack",
        tags: ["stacks"],
        body: wantedStackShape,
        response: { 201: stackShape, ...problemAnswers },
      },
    },
    async ({ body }, reply) => {
      const wanted: WantedStack = withoutUndefined(body);
      const added = await watch.addStack(wanted);
      reply.code(201).header("location", `/api/v1/stacks/${encodeURIComponent(added.stack.id)}`);
      return presentStack(added);
    },
  );

  api.delete(
    "/stacks/:id",
    {
      schema: {
        summary: "Watches a stack no more",
        description: "Its drifts stay. A stack that a file declares goes when it is gone from there.",
        tags: ["stacks"],
        params,
        response: { 204: z.null().meta({ description: "It is gone." }), ...problemAnswers },
      },
    },
    async ({ params: { id } }, reply) => {
      const outcome = await watch.removeStack(id as StackId);
      if (outcome === "unknown") throw notFound("stack", id);
      if (outcome === "declared") {
        throw new AnchorwatchError(
          "request_conflict",
          `the stack ${JSON.stringify(id)} is declared in a file`,
          {
            hint: "Take it out of anchorwatch.yaml, or its folder out of the operator's file.",
          },
        );
      }
      return reply.code(204).send(null);
    },
  );

  api.post(
    "/stacks/:id/check",
    {
      schema: {
        summary: "Checks a stack as soon as may be",
        tags: ["stacks"],
        params,
        body: z
          .strictObject({
            addresses: z
              .array(z.string().min(1).max(2000))
              .max(1000)
              .default([])
              .meta({ description: "Addresses to look at; empty: all." }),
          })
          .nullish(),
        response: {
          202: z.object({ schema: schemaName("check-wanted"), stackId: z.string(), at: time }),
          ...problemAnswers,
        },
      },
    },
    async ({ params: { id }, body }, reply) => {
      const outcome = await watch.checkNow(id as StackId, body?.addresses ?? []);
      if (outcome === "unknown") throw notFound("stack", id);
      if (outcome === "gone") {
        throw new AnchorwatchError("request_conflict", `the stack ${JSON.stringify(id)} is gone`, {
          hint: "Only a stack that is still watched can be checked.",
        });
      }
      reply.code(202);
      return { schema: "anchorwatch.check-wanted/v1" as const, stackId: id, at: timeOf(now()) };
    },
  );
}
