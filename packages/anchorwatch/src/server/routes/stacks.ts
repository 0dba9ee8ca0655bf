import { z } from "zod";
import type { WantedStack } from "../../app/watch/managing.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LabelSetKey } from "../../domain/labels.ts";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { next, order, pageQuery } from "../shapes/page.ts";
import { labelQuery, presentStack, stackShape, wantedStackShape } from "../shapes/stack.ts";
import { maybeTime, schemaName, time, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const params = z.object({ id: z.string().min(1).max(200) });

const stacksShape = z.object({ schema: schemaName("stacks"), stacks: z.array(stackShape), next });

export function addStackRoutes(
  api: Api,
  { watch, pages, now, newId }: Pick<ServerDependencies, "watch" | "pages" | "now" | "newId">,
): void {
  /** Whoever may not see it gets the same answer, by the same way, as for what is not there. */
  const found = async (id: string, visible: readonly LabelSetKey[]) => {
    const status = await watch.records.stacks.byId(id as StackId, { visible });
    if (status === undefined) throw notFound("stack", id);
    return status;
  };

  api.get(
    "/stacks",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "Stacks, by name",
        tags: ["stacks"],
        querystring: pageQuery({
          health: z.enum(["new", "ok", "failed", "gone"]).optional(),
          name: z.string().max(200).optional().meta({ description: "Only the stack of exactly this name." }),
          prefix: z.string().max(200).optional().meta({ description: "What the name begins with." }),
          label: labelQuery,
          sort: z.enum(["name", "lastCheckAt"]).default("name"),
          order,
        }),
        response: { 200: stacksShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { health, name, prefix, label, sort, order: direction } = request.query;
      const { visible } = request.access;
      const filter = withoutUndefined({
        health,
        name,
        namePrefix: prefix,
        labels: label,
        sort,
        order: direction,
      });
      const page = await pages.read(
        request,
        (part) => watch.records.stacks.list({ ...filter, ...part, visible }),
        ({ stack: { id, name: itsName }, lastCheckAt }) => ({
          value: sort === "name" ? itsName : (maybeTime(lastCheckAt) ?? ""),
          id,
        }),
      );
      return {
        schema: "anchorwatch.stacks/v1" as const,
        stacks: page.items.map(presentStack),
        next: page.next,
      };
    },
  );

  api.get(
    "/stacks/:id",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "One stack",
        tags: ["stacks"],
        params,
        response: { 200: stackShape, ...problemAnswers },
      },
    },
    async ({ params: { id }, access: { visible } }) => presentStack(await found(id, visible)),
  );

  api.post(
    "/stacks",
    {
      config: { access: "stack.add" },
      schema: {
        summary: "Adds a stack",
        description:
          "Names are unique. Whoever does not see every stack would learn by a name that is taken what he may not see: his stacks get eight letters and digits behind theirs, whichever names there are.",
        tags: ["stacks"],
        body: wantedStackShape,
        response: { 201: stackShape, ...problemAnswers },
      },
    },
    async ({ body, access }, reply) => {
      const name = (await access.seesAll()) ? body.name : `${body.name}-${newId().slice(0, 8)}`;
      const wanted: WantedStack = withoutUndefined({ ...body, name });
      await access.assertMayWith(wanted.labels ?? {}, `stack ${body.name}`);
      // Code in a folder is trusted, and read with what this machine may: which folders, its operator decides.
      if (wanted.origin.kind === "folder") await access.assertAlso("watch.manage", `stack ${body.name}`);
      const added = await watch.addStack(wanted, access);
      reply.code(201).header("location", `/api/v1/stacks/${encodeURIComponent(added.stack.id)}`);
      return presentStack(added);
    },
  );

  api.delete(
    "/stacks/:id",
    {
      config: { access: "stack.remove" },
      schema: {
        summary: "Watches a stack no more",
        description: "Its drifts stay. A stack that a file declares goes when it is gone from there.",
        tags: ["stacks"],
        params,
        response: { 204: z.null().meta({ description: "It is gone." }), ...problemAnswers },
      },
    },
    async ({ params: { id }, access }, reply) => {
      const { stack, labelSet } = await found(id, access.visible);
      await access.assertMay(labelSet, `stack ${stack.name}`);
      const outcome = await watch.removeStack(id as StackId, access);
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
      config: { access: "stack.check" },
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
    async ({ params: { id }, body, access }, reply) => {
      const { stack, labelSet } = await found(id, access.visible);
      await access.assertMay(labelSet, `stack ${stack.name}`);
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
