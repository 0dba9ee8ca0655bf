import { z } from "zod";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { next, pageQuery } from "../shapes/page.ts";
import { schemaName } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const resourceShape = z
  .object({
    address: z.string(),
    type: z.string(),
    provider: z.string().meta({ description: "Source address of the provider." }),
    id: z.string(),
    pending: z.boolean().optional().meta({ description: "Its code was not deployed yet." }),
    drift: z
      .object({ id: z.string(), verdict: z.enum(["changed", "deleted", "unmanaged", "absorbed"]) })
      .optional()
      .meta({ description: "The one that is open." }),
  })
  .meta({ id: "Resource" });

const resourcesShape = z.object({
  schema: schemaName("resources"),
  stackId: z.string(),
  resources: z.array(resourceShape),
  next,
});

/** What the state of a stack has, as it was read last. */
export function addResourceRoutes(
  api: Api,
  { watch, pages }: Pick<ServerDependencies, "watch" | "pages">,
): void {
  api.get(
    "/stacks/:id/resources",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "The resources of a stack, by address",
        description: "What its state has, as it was read last; values are not kept.",
        tags: ["stacks"],
        params: z.object({ id: z.string().min(1).max(200) }),
        querystring: pageQuery({
          type: z.string().max(200).optional().meta({ description: "Exactly, such as aws_s3_bucket." }),
          address: z.string().max(2000).optional().meta({ description: "What the address begins with." }),
        }),
        response: { 200: resourcesShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { type, address } = request.query;
      const stack = await watch.records.stacks.byId(id as StackId, request.access);
      if (stack === undefined) throw notFound("stack", id);
      const filter = withoutUndefined({ stackId: stack.stack.id, type, addressPrefix: address });
      const page = await pages.read(
        request,
        (part) => watch.records.resources.listed({ ...filter, ...part }),
        (resource) => ({ value: resource.address, id: "" }),
      );
      return {
        schema: "anchorwatch.resources/v1" as const,
        stackId: id,
        resources: page.items.map((resource) => ({ ...resource })),
        next: page.next,
      };
    },
  );
}
