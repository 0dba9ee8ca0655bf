/** One's own passkeys and password. */
import { z } from "zod";
import { changeOwnPassword } from "../../app/access/ownPassword.ts";
import { addPasskey, newPasskeyOptions, passkeysOf, removePasskey } from "../../app/access/passkeys.ts";
import { asPerson } from "../../app/access/person.ts";
import { partyOf, registrationOf } from "../access/party.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { passkeyShape, presentPasskey } from "../shapes/person.ts";
import { creationOptions, label, registrationAnswer } from "../shapes/webauthn.ts";
import { schemaName } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

export function addPasskeyRoutes(
  api: Api,
  { accounts, place }: Pick<ServerDependencies, "accounts" | "place">,
): void {
  api.get(
    "/passkeys",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "One's own passkeys",
        tags: ["session"],
        response: {
          200: z.object({ schema: schemaName("passkeys"), passkeys: z.array(passkeyShape) }),
          ...problemAnswers,
        },
      },
    },
    async (request) => ({
      schema: "anchorwatch.passkeys/v1" as const,
      passkeys: (await passkeysOf(accounts, asPerson(request.access))).map(presentPasskey),
    }),
  );

  api.post(
    "/passkeys/options",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "What another passkey is to be made with",
        tags: ["session"],
        response: { 200: creationOptions, ...problemAnswers },
      },
    },
    async (request) => ({
      options: await newPasskeyOptions(accounts, asPerson(request.access), partyOf(request, place)),
    }),
  );

  api.post(
    "/passkeys",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Registers another passkey",
        description: "Whoever has one has proven with it before that it is still he.",
        tags: ["session"],
        body: z.strictObject({ label, answer: registrationAnswer }),
        response: { 201: passkeyShape, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { answer, label: name } = request.body;
      const made = { response: registrationOf(answer), label: name };
      const passkey = await addPasskey(accounts, asPerson(request.access), made, partyOf(request, place));
      reply.code(201);
      return presentPasskey(passkey);
    },
  );

  api.delete(
    "/passkeys/:id",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Removes a passkey",
        description: "All other sessions end.",
        tags: ["session"],
        params: z.object({ id: z.string().min(1).max(2000) }),
        response: { 204: z.null().meta({ description: "It opens nothing any more." }), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await removePasskey(accounts, asPerson(request.access), id))) throw notFound("passkey", id);
      return reply.code(204).send(null);
    },
  );

  api.put(
    "/password",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Changes one's own password",
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
}
