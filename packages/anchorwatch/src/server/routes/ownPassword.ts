/** One's own password. */
import { z } from "zod";
import { changeOwnPassword, ownPassword, removeOwnPassword } from "../../app/access/ownPassword.ts";
import { asPerson } from "../../app/access/person.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { maybeTime, schemaName, time } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const passwordShape = z
  .object({
    schema: schemaName("own-password"),
    allowed: z.boolean().meta({
      description: "Whether one may have a password: the operator says, and the identity provider.",
    }),
    changedAt: time.optional().meta({ description: "Absent: there is none." }),
  })
  .meta({ id: "OwnPassword" });

export function addOwnPasswordRoutes(api: Api, { accounts }: Pick<ServerDependencies, "accounts">): void {
  api.get(
    "/password",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Whether one has a password",
        tags: ["session"],
        response: { 200: passwordShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { allowed, changedAt } = await ownPassword(accounts, asPerson(request.access));
      return { schema: "anchorwatch.own-password/v1" as const, allowed, changedAt: maybeTime(changedAt) };
    },
  );

  api.put(
    "/password",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Chooses or changes one's own password",
        description: "All other sessions end.",
        tags: ["session"],
        body: z.strictObject({
          current: z
            .string()
            .max(1000)
            .optional()
            .meta({ description: "Until now; absent: there was none." }),
          wanted: z.string().min(1).max(1000),
        }),
        response: { 204: z.null().meta({ description: "It is changed." }), ...problemAnswers },
      },
    },
    async (request, reply) => {
      await changeOwnPassword(accounts, asPerson(request.access), withoutUndefined(request.body));
      return reply.code(204).send(null);
    },
  );

  api.delete(
    "/password",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Removes one's own password",
        description: "For who has a passkey. All other sessions end.",
        tags: ["session"],
        response: { 204: z.null().meta({ description: "It opens nothing any more." }), ...problemAnswers },
      },
    },
    async (request, reply) => {
      if (!(await removeOwnPassword(accounts, asPerson(request.access)))) throw notFound("password", "own");
      return reply.code(204).send(null);
    },
  );
}
