/** Proving again that it is still oneself, before ways in are changed, tokens made and programs let in. */
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { asPerson } from "../../app/access/person.ts";
import { type NewCookie, proveAgain, proveWithPassword, provingOptions } from "../../app/access/proving.ts";
import { cookiesOf, setSession } from "../access/browserCookies.ts";
import { authenticationOf, partyOf } from "../access/party.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { authenticationAnswer, requestOptions } from "../shapes/webauthn.ts";
import { problemAnswers } from "./problemAnswers.ts";

type Dependencies = Pick<ServerDependencies, "accounts" | "place">;

const provenAnswers = { 204: z.null().meta({ description: "It is." }), ...problemAnswers };

export function addProofRoutes(api: Api, dependencies: Dependencies): void {
  addPasskeyProof(api, dependencies);
  addPasswordProof(api, dependencies);
}

function addPasskeyProof(api: Api, { accounts, place }: Dependencies): void {
  api.post(
    "/session/proof/options",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "What a passkey is to sign, to prove that it is still oneself",
        tags: ["session"],
        response: { 200: requestOptions, ...problemAnswers },
      },
    },
    async (request) => ({
      options: await provingOptions(accounts, asPerson(request.access), partyOf(request, place)),
    }),
  );

  api.post(
    "/session/proof",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Proves with a passkey that it is still oneself",
        description: "The session is a strong one from then on, with another cookie.",
        tags: ["session"],
        body: z.strictObject({ answer: authenticationAnswer }),
        response: provenAnswers,
      },
    },
    async (request, reply) => {
      const person = asPerson(request.access);
      const answer = authenticationOf(request.body.answer);
      const cookie = cookiesOf(request, place).session ?? "";
      const proven = await proveAgain(accounts, person, answer, partyOf(request, place), cookie);
      return answerProven(reply, place, proven);
    },
  );
}

function addPasswordProof(api: Api, { accounts, place }: Dependencies): void {
  api.post(
    "/session/proof/password",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Proves with the password that it is still oneself",
        description: "For who has no passkey. The session has another cookie from then on.",
        tags: ["session"],
        body: z.strictObject({ password: z.string().min(1).max(1000) }),
        response: provenAnswers,
      },
    },
    async (request, reply) => {
      const cookie = cookiesOf(request, place).session ?? "";
      const { password } = request.body;
      const proven = await proveWithPassword(accounts, asPerson(request.access), password, cookie);
      return answerProven(reply, place, proven);
    },
  );
}

function answerProven(reply: FastifyReply, place: Dependencies["place"], proven: NewCookie | undefined) {
  if (proven !== undefined) setSession(reply, place, proven.secret, proven.endsAt);
  return reply.code(204).send(null);
}
