/** Users, for administrators. */
import { z } from "zod";
import { setupPath } from "../../app/access/setupLinks.ts";
import { changeUser, type Invitation, inviteAgain, inviteUser, removeUser } from "../../app/access/users.ts";
import { loginOf } from "../../auth/login.ts";
import type { UserId } from "../../auth/user.ts";
import type { Api } from "../api.ts";
import { tagOf, wantedVersion } from "../conventions/versions.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { next, pageQuery } from "../shapes/page.ts";
import { presentUser, userShape } from "../shapes/person.ts";
import { schemaName, time, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

type Dependencies = Pick<ServerDependencies, "accounts" | "place" | "pages">;

const params = z.object({ id: z.string().min(1).max(200) });
const login = z.string().min(1).max(200);
const name = z.string().min(1).max(300);
const email = z.email().max(320);

const invitationShape = z
  .object({
    schema: schemaName("invitation"),
    user: userShape,
    link: z.string().meta({ description: "Shown this once; whoever has it can sign in as the user." }),
    expiresAt: time,
  })
  .meta({ id: "Invitation" });

export function addUserRoutes(api: Api, dependencies: Dependencies): void {
  addReading(api, dependencies);
  addInviting(api, dependencies);
  addChanging(api, dependencies);
}

function addReading(api: Api, { accounts, pages }: Dependencies): void {
  const { users } = accounts.records;
  api.get(
    "/users",
    {
      config: { access: "access.view" },
      schema: {
        summary: "Users, by login",
        tags: ["users"],
        querystring: pageQuery({
          status: z
            .enum(["active", "disabled", "removed"])
            .optional()
            .meta({ description: "Absent: all but the removed." }),
          login: login.optional().meta({ description: "Only who signs in with exactly this name." }),
        }),
        response: {
          200: z.object({ schema: schemaName("users"), users: z.array(userShape), next }),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { status, login: typed } = request.query;
      const filter = withoutUndefined({ status, login: typed && loginOf(typed) });
      const page = await pages.read(
        request,
        ({ limit, after }) =>
          users.list({ limit, ...filter, ...(after && { after: { login: after.value, id: after.id } }) }),
        (user) => ({ value: user.login, id: user.id }),
      );
      return { schema: "anchorwatch.users/v1" as const, users: page.items.map(presentUser), next: page.next };
    },
  );

  api.get(
    "/users/:id",
    {
      config: { access: "access.view" },
      schema: {
        summary: "One user",
        tags: ["users"],
        params,
        response: { 200: userShape, ...problemAnswers },
      },
    },
    async ({ params: { id } }, reply) => {
      const user = await users.byId(id as UserId);
      if (user === undefined) throw notFound("user", id);
      reply.header("etag", tagOf(user.version));
      return presentUser(user);
    },
  );
}

function addInviting(api: Api, { accounts, place }: Dependencies): void {
  const present = ({ user, secret, expiresAt }: Invitation): z.infer<typeof invitationShape> => ({
    schema: "anchorwatch.invitation/v1",
    user: presentUser(user),
    link: `${place.url}${setupPath(secret)}`,
    expiresAt: timeOf(expiresAt),
  });
  api.post(
    "/users",
    {
      config: { access: "access.manage", secretAnswer: true },
      schema: {
        summary: "Invites a user",
        description: "With the link he chooses a passkey or a password, within seven days.",
        tags: ["users"],
        body: z.strictObject({ login, name: name.optional(), email: email.optional() }),
        response: { 201: invitationShape, ...problemAnswers },
      },
    },
    async ({ access, body }, reply) => {
      const invitation = await inviteUser(accounts, access, withoutUndefined(body));
      const { id, version } = invitation.user;
      reply.code(201).header("location", `/api/v1/users/${id}`).header("etag", tagOf(version));
      return present(invitation);
    },
  );

  api.post(
    "/users/:id/invitation",
    {
      config: { access: "access.manage", secretAnswer: true },
      schema: {
        summary: "Gives a user another link",
        description: "For who has lost his way in. All links that he was given before are dead.",
        tags: ["users"],
        params,
        response: { 201: invitationShape, ...problemAnswers },
      },
    },
    async ({ access, params: { id } }, reply) => {
      const invitation = await inviteAgain(accounts, access, id as UserId);
      if (invitation === undefined) throw notFound("user", id);
      reply.code(201).header("etag", tagOf(invitation.user.version));
      return present(invitation);
    },
  );
}

function addChanging(api: Api, { accounts }: Dependencies): void {
  api.patch(
    "/users/:id",
    {
      config: { access: "access.manage" },
      schema: {
        summary: "Changes a user",
        description:
          "If-Match says which version was read. Who is disabled is signed out everywhere, and his tokens are revoked.",
        tags: ["users"],
        params,
        headers: ifMatch,
        body: z.strictObject({
          login: login.optional(),
          name: name.optional(),
          email: email.optional(),
          status: z.enum(["active", "disabled"]).optional(),
        }),
        response: { 200: userShape, ...problemAnswers },
      },
    },
    async ({ access, params: { id }, headers, body }, reply) => {
      const version = wantedVersion(headers["if-match"]);
      const changed = await changeUser(accounts, access, id as UserId, version, withoutUndefined(body));
      if (changed === undefined) throw notFound("user", id);
      reply.header("etag", tagOf(changed.version));
      return presentUser(changed);
    },
  );

  api.delete(
    "/users/:id",
    {
      config: { access: "access.manage" },
      schema: {
        summary: "Removes a user for ever",
        description:
          "He is signed out everywhere; his tokens are revoked, and his roles taken away. What he did keeps his name.",
        tags: ["users"],
        params,
        headers: ifMatch,
        response: { 204: z.null().meta({ description: "He is gone." }), ...problemAnswers },
      },
    },
    async ({ access, params: { id }, headers }, reply) => {
      const version = wantedVersion(headers["if-match"]);
      if (!(await removeUser(accounts, access, id as UserId, version))) throw notFound("user", id);
      return reply.code(204).send(null);
    },
  );
}

const ifMatch = z.looseObject({
  "if-match": z.string().max(200).optional().meta({ description: "ETag of what was read, or *." }),
});
