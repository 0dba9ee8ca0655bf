/** One's own passkeys. */
import { z } from "zod";
import { addPasskey, newPasskeyOptions, passkeysOf, removePasskey } from "../../app/access/passkeys.ts";
import { asPerson } from "../../app/access/person.ts";
import { partyOf, registrationOf } from "../access/party.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { passkeyShape, presentPasskey } from "../shapes/person.ts";
import { creationOptions, label, registrationAnswer } from "../shapes/webauthn.ts";
import { schemaName } from "../shapes/wire.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

type Dependencies = Pick<ServerDependencies, "accounts" | "place">;

export function addPasskeyRoutes(api: Api, dependencies: Dependencies): void {
  addReadingAndRemoving(api, dependencies);
  addRegistering(api, dependencies);
}

function addReadingAndRemoving(api: Api, { accounts }: Dependencies): void {
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
}

function addRegistering(api: Api, { accounts, place }: Dependencies): void {
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
        description:
          "Within ten minutes of signing in, or of proving again that it is still oneself; who has a passkey, with it.",
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
}
