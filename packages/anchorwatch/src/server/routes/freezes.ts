import { z } from "zod";
import type { FreezeId } from "../../watch/freeze.ts";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import { tagOf, wantedVersion } from "../conventions/versions.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { freezeReason, freezeShape, presentFreeze, wantedFreezeShape } from "../shapes/freeze.ts";
import { next, pageQuery } from "../shapes/page.ts";
import { schemaName, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

type Dependencies = Pick<ServerDependencies, "watch" | "pages" | "now">;

const id = z.string().min(1).max(200);
const params = z.object({ id });
const listShape = z.object({ schema: schemaName("freezes"), freezes: z.array(freezeShape), next });

export function addFreezeRoutes(api: Api, dependencies: Dependencies): void {
  addReading(api, dependencies);
  addChanging(api, dependencies);
}

function addReading(api: Api, { watch, pages, now }: Dependencies): void {
  api.get(
    "/freezes",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "Freezes, the newest change first",
        description: "Stacks that must not be deployed, by whom, why, and until when.",
        tags: ["freezes"],
        querystring: pageQuery({
          stack: id.optional().meta({ description: "Id of a stack." }),
          state: z.enum(["active", "thawed", "expired"]).optional(),
        }),
        response: { 200: listShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { stack, state } = request.query;
      const { visible } = request.access;
      const filter = withoutUndefined({ stackId: stack as StackId | undefined, state });
      const page = await pages.read(
        request,
        (part) => watch.playbooks.freezes.list({ ...filter, ...part, visible }),
        (one) => ({ value: timeOf(one.updatedAt), id: one.id }),
      );
      return {
        schema: "anchorwatch.freezes/v1" as const,
        freezes: page.items.map((one) => presentFreeze(one, now())),
        next: page.next,
      };
    },
  );
  api.get(
    "/freezes/:id",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "One freeze",
        tags: ["freezes"],
        params,
        response: { 200: freezeShape, ...problemAnswers },
      },
    },
    async ({ params: { id: wanted }, access: { visible } }, reply) => {
      const found = await watch.playbooks.freezes.byId(wanted as FreezeId, { visible });
      if (found === undefined) throw notFound("freeze", wanted);
      reply.header("etag", tagOf(found.freeze.version));
      return presentFreeze(found.freeze, now());
    },
  );
}

function addChanging(api: Api, { watch, now }: Dependencies): void {
  api.post(
    "/freezes",
    {
      config: { access: "deploy.freeze" },
      schema: {
        summary: "Freezes deployments of a stack",
        description: "The gate says no, with the reason, until it is thawed or its time is over.",
        tags: ["freezes"],
        body: wantedFreezeShape,
        response: { 201: freezeShape, ...problemAnswers },
      },
    },
    async ({ body: { stackId, reason, until }, access }, reply) => {
      const status = await watch.records.stacks.byId(stackId as StackId, { visible: access.visible });
      if (status === undefined) throw notFound("stack", stackId);
      await access.assertMay(status.labelSet, `stack ${status.stack.name}`);
      const wanted = {
        ...{ stackId: status.stack.id, reason },
        ...(until === undefined ? {} : { until: new Date(until) }),
      };
      const added = await watch.playbooks.freeze(wanted, access);
      reply
        .code(201)
        .header("location", `/api/v1/freezes/${encodeURIComponent(added.id)}`)
        .header("etag", tagOf(added.version));
      return presentFreeze(added, now());
    },
  );
  api.delete(
    "/freezes/:id",
    {
      config: { access: "deploy.freeze" },
      schema: {
        summary: "Thaws a freeze",
        description: "If-Match says which version was read. Others of the same stack stay in force.",
        tags: ["freezes"],
        params,
        querystring: z.object({ reason: freezeReason.optional() }),
        headers: z.looseObject({
          "if-match": z.string().max(200).optional().meta({ description: "ETag of what was read, or *." }),
        }),
        response: { 200: freezeShape, ...problemAnswers },
      },
    },
    async ({ params: { id: wanted }, query: { reason }, headers, access }, reply) => {
      const freezeId = wanted as FreezeId;
      const found = await watch.playbooks.freezes.byId(freezeId, { visible: access.visible });
      if (found === undefined) throw notFound("freeze", wanted);
      await access.assertMay(found.labelSet, `freeze ${wanted}`);
      const version = wantedVersion(headers["if-match"]);
      const thawed = await watch.playbooks.thaw(freezeId, { version, reason }, access);
      if (thawed === undefined) throw notFound("freeze", wanted);
      reply.header("etag", tagOf(thawed.version));
      return presentFreeze(thawed, now());
    },
  );
}
