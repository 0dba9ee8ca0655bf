/** Signing in and out, and who one is. */
import { z } from "zod";
import { assignmentsOf } from "../../app/access/assignmentsOf.ts";
import { asPerson } from "../../app/access/person.ts";
import {
  passkeySignInOptions,
  type SignedInHere,
  signInWithPasskey,
  signInWithPassword,
} from "../../app/access/signingIn.ts";
import { endEverySession, endOwnSession, signOut } from "../../app/access/signingOut.ts";
import { ROLES } from "../../auth/role.ts";
import type { UserId } from "../../auth/user.ts";
import { clearSession, cookiesOf, setSignedIn } from "../access/browserCookies.ts";
import { authenticationOf, partyOf } from "../access/party.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { presentSession, scopeShape, sessionShape } from "../shapes/person.ts";
import { authenticationAnswer, requestOptions } from "../shapes/webauthn.ts";
import { count, schemaName } from "../shapes/wire.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

type Dependencies = Pick<ServerDependencies, "accounts" | "place">;

const signedInShape = z
  .object({ schema: schemaName("signed-in"), session: sessionShape })
  .meta({ id: "SignedIn", description: "The session's cookie comes with it." });

export function presentSignedIn({ session }: Pick<SignedInHere, "session">): z.infer<typeof signedInShape> {
  return { schema: "anchorwatch.signed-in/v1", session: presentSession(session, session.id) };
}

export const signedInAnswers = { 200: signedInShape, ...problemAnswers };

export function addSessionRoutes(api: Api, dependencies: Dependencies): void {
  addWaysIn(api, dependencies);
  addWhoAmI(api, dependencies);
  addEnds(api, dependencies);
}

function addWaysIn(api: Api, { accounts, place }: Dependencies): void {
  api.get(
    "/session/ways",
    {
      config: { access: "public" },
      schema: {
        summary: "How people can sign in",
        tags: ["session"],
        response: {
          200: z.object({ schema: schemaName("ways-in"), passwords: z.boolean() }),
          ...problemAnswers,
        },
      },
    },
    async () => ({ schema: "anchorwatch.ways-in/v1" as const, passwords: accounts.settings().passwords }),
  );

  api.post(
    "/session/password",
    {
      config: { access: "public" },
      schema: {
        summary: "Signs in with a password",
        tags: ["session"],
        body: z.strictObject({ login: z.string().min(1).max(200), password: z.string().min(1).max(1000) }),
        response: signedInAnswers,
      },
    },
    async (request, reply) => {
      const cookies = cookiesOf(request, place);
      const signedIn = await signInWithPassword(accounts, request.body, request.requester, cookies);
      setSignedIn(reply, place, signedIn);
      return presentSignedIn(signedIn);
    },
  );

  api.post(
    "/session/passkey/options",
    {
      config: { access: "public" },
      schema: {
        summary: "What a passkey is to sign, to sign in",
        tags: ["session"],
        response: { 200: requestOptions, ...problemAnswers },
      },
    },
    async (request) => ({ options: await passkeySignInOptions(accounts, partyOf(request, place)) }),
  );

  api.post(
    "/session/passkey",
    {
      config: { access: "public" },
      schema: {
        summary: "Signs in with a passkey",
        tags: ["session"],
        body: z.strictObject({ answer: authenticationAnswer }),
        response: signedInAnswers,
      },
    },
    async (request, reply) => {
      const answer = authenticationOf(request.body.answer);
      const [party, cookies] = [partyOf(request, place), cookiesOf(request, place)];
      const signedIn = await signInWithPasskey(accounts, answer, party, request.requester, cookies);
      setSignedIn(reply, place, signedIn);
      return presentSignedIn(signedIn);
    },
  );
}

const whoShape = z
  .object({
    schema: schemaName("who-am-i"),
    kind: z.enum(["user", "workload"]),
    id: z.string(),
    login: z.string().meta({ description: "Of a pipeline its name." }),
    name: z.string(),
    groups: z.array(z.string()),
    channel: z.enum(["session", "token", "workload", "chat"]),
    strong: z.boolean().meta({ description: "Proven with a passkey or a second factor." }),
    roles: z.array(z.object({ role: z.enum(ROLES), scope: scopeShape })),
    limit: z.object({ roles: z.array(z.enum(ROLES)), scope: scopeShape }).optional(),
    session: sessionShape.optional(),
  })
  .meta({ id: "WhoAmI" });

function addWhoAmI(api: Api, { accounts }: Dependencies): void {
  api.get(
    "/session",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Who one is, and what roles one has",
        tags: ["session"],
        response: { 200: whoShape, ...problemAnswers },
      },
    },
    async ({ access: { principal } }) => {
      const { kind, id, name, groups, channel, strong, limit, credentialId } = principal;
      const user = kind === "user" ? await accounts.records.users.byId(id as UserId) : undefined;
      const sessions = channel === "session" && user ? await accounts.records.sessions.of(user.id) : [];
      const session = sessions.find((one) => one.id === credentialId);
      const roles = assignmentsOf(principal, accounts.settings().assignments);
      return {
        schema: "anchorwatch.who-am-i/v1" as const,
        ...{ kind, id, login: name, name: user?.name ?? name, groups: [...groups], channel, strong },
        roles: roles.map(({ role, scope }) => ({ role, scope })),
        ...(limit === undefined ? {} : { limit: { roles: [...limit.roles], scope: limit.scope } }),
        ...(session === undefined ? {} : { session: presentSession(session, credentialId) }),
      };
    },
  );

  api.get(
    "/sessions",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Where one is signed in",
        tags: ["session"],
        response: {
          200: z.object({ schema: schemaName("sessions"), sessions: z.array(sessionShape) }),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { userId, principal } = asPerson(request.access);
      const sessions = await accounts.records.sessions.of(userId);
      return {
        schema: "anchorwatch.sessions/v1" as const,
        sessions: sessions.map((session) => presentSession(session, principal.credentialId)),
      };
    },
  );
}

function addEnds(api: Api, { accounts, place }: Dependencies): void {
  api.delete(
    "/session",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Signs out",
        tags: ["session"],
        response: {
          204: z.null().meta({ description: "Nobody is signed in here any more." }),
          ...problemAnswers,
        },
      },
    },
    async (request, reply) => {
      await signOut(accounts, asPerson(request.access));
      clearSession(reply, place);
      return reply.code(204).send(null);
    },
  );

  api.post(
    "/session/end-all",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Signs out everywhere",
        tags: ["session"],
        body: z
          .strictObject({
            tokens: z.boolean().default(false).meta({ description: "Revokes one's tokens as well." }),
          })
          .nullish(),
        response: {
          200: z.object({ schema: schemaName("ended"), sessions: count, tokens: count }),
          ...problemAnswers,
        },
      },
    },
    async (request, reply) => {
      const ended = await endEverySession(accounts, asPerson(request.access), request.body?.tokens ?? false);
      clearSession(reply, place);
      return { schema: "anchorwatch.ended/v1" as const, ...ended };
    },
  );

  api.delete(
    "/sessions/:id",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Signs out elsewhere",
        tags: ["session"],
        params: z.object({ id: z.string().min(1).max(200) }),
        response: { 204: z.null().meta({ description: "It is over." }), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await endOwnSession(accounts, asPerson(request.access), id))) throw notFound("session", id);
      return reply.code(204).send(null);
    },
  );
}
