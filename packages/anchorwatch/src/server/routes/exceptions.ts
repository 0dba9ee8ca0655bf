import { z } from "zod";
import type { DriftId } from "../../watch/drift.ts";
import type { ExceptionId } from "../../watch/exception.ts";
import type { StackId } from "../../watch/stack.ts";
import type { RequestAccess } from "../access/requestAccess.ts";
import type { Api } from "../api.ts";
import { tagOf, wantedVersion } from "../conventions/versions.ts";
import type { ServerDependencies } from "../dependencies.ts";
import {
  exceptionShape,
  presentException,
  wantedException,
  wantedExceptionShape,
} from "../shapes/exception.ts";
import { next, pageQuery } from "../shapes/page.ts";
import { schemaName, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

type Dependencies = Pick<ServerDependencies, "watch" | "pages">;

const id = z.string().min(1).max(200);
const params = z.object({ id });
const listShape = z.object({ schema: schemaName("exceptions"), exceptions: z.array(exceptionShape), next });

export function addExceptionRoutes(api: Api, dependencies: Dependencies): void {
  addReading(api, dependencies);
  addChanging(api, dependencies);
}

function addReading(api: Api, { watch, pages }: Dependencies): void {
  const { exceptions } = watch.records;
  api.get(
    "/exceptions",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "Exceptions, the newest change first",
        description: "What people decided about drift: accepted, ignored, escalated.",
        tags: ["exceptions"],
        querystring: pageQuery({
          stack: id.optional().meta({ description: "Id of a stack." }),
          drift: id.optional().meta({ description: "Id of a drift that is accepted." }),
          kind: z.enum(["accept", "ignore", "escalate"]).optional(),
          state: z.enum(["active", "expired", "rearmed", "revoked"]).optional(),
        }),
        response: { 200: listShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { stack, drift, kind, state } = request.query;
      const filter = withoutUndefined({
        stackId: stack as StackId | undefined,
        driftId: drift as DriftId | undefined,
        kind,
        state,
      });
      const { visible } = request.access;
      const page = await pages.read(
        request,
        (part) => exceptions.list({ ...filter, ...part, visible }),
        (one) => ({ value: timeOf(one.updatedAt), id: one.id }),
      );
      return {
        schema: "anchorwatch.exceptions/v1" as const,
        exceptions: page.items.map(presentException),
        next: page.next,
      };
    },
  );

  api.get(
    "/exceptions/:id",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "One exception",
        tags: ["exceptions"],
        params,
        response: { 200: exceptionShape, ...problemAnswers },
      },
    },
    async ({ params: { id: wanted }, access: { visible } }, reply) => {
      const found = await exceptions.byId(wanted as ExceptionId, { visible });
      if (found === undefined) throw notFound("exception", wanted);
      reply.header("etag", tagOf(found.exception.version));
      return presentException(found.exception);
    },
  );
}

function addChanging(api: Api, { watch }: Dependencies): void {
  /** Whoever may not see the stack gets the same answer as for what is not there. */
  const stackOf = async (body: z.infer<typeof wantedExceptionShape>, { visible }: RequestAccess) => {
    const { drifts, stacks } = watch.records;
    const drift =
      body.kind === "accept" ? await drifts.byId(body.driftId as DriftId, { visible }) : undefined;
    if (body.kind === "accept" && drift === undefined) throw notFound("drift", body.driftId);
    const stackId = drift?.stackId ?? (body.kind === "accept" ? "" : body.stackId);
    const status = await stacks.byId(stackId as StackId, { visible });
    if (status === undefined) throw notFound("stack", stackId);
    return status;
  };

  api.post(
    "/exceptions",
    {
      config: { access: "exception.manage" },
      schema: {
        summary: "Makes an exception",
        description:
          "A drift is accepted until a moment, what matches a pattern is ignored until a moment, or is worse than the rules think.",
        tags: ["exceptions"],
        body: wantedExceptionShape,
        response: { 201: exceptionShape, ...problemAnswers },
      },
    },
    async ({ body, access }, reply) => {
      const { stack, labelSet } = await stackOf(body, access);
      await access.assertMay(labelSet, `stack ${stack.name}`);
      const added = await watch.addException(wantedException(body, stack.id), access);
      reply
        .code(201)
        .header("location", `/api/v1/exceptions/${encodeURIComponent(added.id)}`)
        .header("etag", tagOf(added.version));
      return presentException(added);
    },
  );

  api.delete(
    "/exceptions/:id",
    {
      config: { access: "exception.manage" },
      schema: {
        summary: "Takes an exception back",
        description: "If-Match says which version was read. What it silenced is told again.",
        tags: ["exceptions"],
        params,
        headers: z.looseObject({
          "if-match": z.string().max(200).optional().meta({ description: "ETag of what was read, or *." }),
        }),
        response: { 200: exceptionShape, ...problemAnswers },
      },
    },
    async ({ params: { id: wanted }, headers, access }, reply) => {
      const found = await watch.records.exceptions.byId(wanted as ExceptionId, { visible: access.visible });
      if (found === undefined) throw notFound("exception", wanted);
      await access.assertMay(found.labelSet, `exception ${wanted}`);
      const version = wantedVersion(headers["if-match"]);
      const revoked = await watch.revokeException(wanted as ExceptionId, version, access);
      if (revoked === undefined) throw notFound("exception", wanted);
      reply.header("etag", tagOf(revoked.version));
      return presentException(revoked);
    },
  );
}
