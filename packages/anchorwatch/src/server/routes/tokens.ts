/** API tokens: one's own, and those of others for administrators. */
import { z } from "zod";
import { asPerson } from "../../app/access/person.ts";
import { createToken, ownTokens, revokeOwnToken, revokeToken } from "../../app/access/tokens.ts";
import type { UserId } from "../../auth/user.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { next, pageQuery } from "../shapes/page.ts";
import { madeTokenShape, presentToken, tokenLimitShape, tokenShape } from "../shapes/person.ts";
import { schemaName, timeOf } from "../shapes/wire.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

type Dependencies = Pick<ServerDependencies, "accounts" | "pages">;

const params = z.object({ id: z.string().min(1).max(200) });
const tokensShape = z.object({ schema: schemaName("tokens"), tokens: z.array(tokenShape), next });

export function addTokenRoutes(api: Api, dependencies: Dependencies): void {
  addOwn(api, dependencies);
  addOthers(api, dependencies);
}

function addOwn(api: Api, { accounts, pages }: Dependencies): void {
  api.get(
    "/tokens",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "One's own tokens, the newest first",
        description: "A token that is limited, and that of a pipeline, sees and revokes itself alone.",
        tags: ["tokens"],
        querystring: pageQuery({}),
        response: { 200: tokensShape, ...problemAnswers },
      },
    },
    async (request) => {
      const page = await pages.read(
        request,
        (part) => ownTokens(accounts, request.access, partOf(part)),
        (token) => ({ value: timeOf(token.addedAt), id: token.id }),
      );
      return {
        schema: "anchorwatch.tokens/v1" as const,
        tokens: page.items.map(presentToken),
        next: page.next,
      };
    },
  );

  api.post(
    "/tokens",
    {
      config: { access: "signed-in", secretAnswer: true },
      schema: {
        summary: "Makes a token",
        description:
          "In a browser alone, by who has proven himself within ten minutes (`proof_needed`): tokens make no tokens.",
        tags: ["tokens"],
        body: z.strictObject({
          name: z.string().min(1).max(200),
          expiresAt: z.iso
            .datetime()
            .meta({ description: "When it ends; the operator says how late that may be." }),
          limit: tokenLimitShape.optional(),
        }),
        response: { 201: madeTokenShape, ...problemAnswers },
      },
    },
    async ({ access, body: { name, expiresAt, limit } }, reply) => {
      const wanted = { name, expiresAt: new Date(expiresAt), ...(limit === undefined ? {} : { limit }) };
      const { token, secret } = await createToken(accounts, asPerson(access), wanted);
      reply.code(201);
      return { schema: "anchorwatch.new-token/v1" as const, token: presentToken(token), secret };
    },
  );

  api.delete(
    "/tokens/:id",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Revokes one of one's own tokens",
        tags: ["tokens"],
        params,
        response: { 204: z.null().meta({ description: "It opens nothing any more." }), ...problemAnswers },
      },
    },
    async ({ access, params: { id } }, reply) => {
      if (!(await revokeOwnToken(accounts, access, id))) throw notFound("token", id);
      return reply.code(204).send(null);
    },
  );
}

function addOthers(api: Api, { accounts, pages }: Dependencies): void {
  api.get(
    "/access/tokens",
    {
      config: { access: "access.view" },
      schema: {
        summary: "Everybody's tokens, the newest first",
        tags: ["tokens"],
        querystring: pageQuery({
          user: z.string().max(200).optional().meta({ description: "Id of a user." }),
        }),
        response: { 200: tokensShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { user } = request.query;
      const whose = user === undefined ? {} : { userId: user as UserId };
      const page = await pages.read(
        request,
        (part) => accounts.records.tokens.list({ ...whose, ...partOf(part) }),
        (token) => ({ value: timeOf(token.addedAt), id: token.id }),
      );
      return {
        schema: "anchorwatch.tokens/v1" as const,
        tokens: page.items.map(presentToken),
        next: page.next,
      };
    },
  );

  api.delete(
    "/access/tokens/:id",
    {
      config: { access: "access.manage" },
      schema: {
        summary: "Revokes anybody's token",
        tags: ["tokens"],
        params,
        response: { 204: z.null().meta({ description: "It opens nothing any more." }), ...problemAnswers },
      },
    },
    async ({ access, params: { id } }, reply) => {
      if (!(await revokeToken(accounts, access, id))) throw notFound("token", id);
      return reply.code(204).send(null);
    },
  );
}

function partOf({
  limit,
  after,
}: {
  readonly limit: number;
  readonly after?: { readonly value: string; readonly id: string };
}) {
  return { limit, ...(after && { after: { at: new Date(after.value), id: after.id } }) };
}
