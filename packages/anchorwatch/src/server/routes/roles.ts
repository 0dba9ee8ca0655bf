/** Who has which role where, for administrators. */
import { z } from "zod";
import { assignmentsInForce, giveRole, takeRole } from "../../app/access/roleAssignments.ts";
import { loginOf } from "../../auth/login.ts";
import { ROLES, type Subject } from "../../auth/role.ts";
import type { UserId } from "../../auth/user.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { assignmentShape, presentAssignment, scopeShape, subjectShape } from "../shapes/person.ts";
import { schemaName } from "../shapes/wire.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

export function addRoleRoutes(api: Api, { accounts }: Pick<ServerDependencies, "accounts">): void {
  api.get(
    "/role-assignments",
    {
      config: { access: "access.view" },
      schema: {
        summary: "Who has which role, and where",
        description: "Those of the operator's file and those that were given by API.",
        tags: ["users"],
        response: {
          200: z.object({ schema: schemaName("role-assignments"), assignments: z.array(assignmentShape) }),
          ...problemAnswers,
        },
      },
    },
    async () => ({
      schema: "anchorwatch.role-assignments/v1" as const,
      assignments: (await assignmentsInForce(accounts)).map(presentAssignment),
    }),
  );

  api.post(
    "/role-assignments",
    {
      config: { access: "access.manage" },
      schema: {
        summary: "Gives a role",
        tags: ["users"],
        body: z.strictObject({ role: z.enum(ROLES), subject: subjectShape, scope: scopeShape.default({}) }),
        response: { 201: assignmentShape, ...problemAnswers },
      },
    },
    async ({ access, body: { role, subject, scope } }, reply) => {
      const given = await giveRole(accounts, access, { role, subject: subjectOf(subject), scope });
      reply.code(201);
      return presentAssignment(given);
    },
  );

  api.delete(
    "/role-assignments/:id",
    {
      config: { access: "access.manage" },
      schema: {
        summary: "Takes a role away",
        description: "Whoever had it is signed out.",
        tags: ["users"],
        params: z.object({ id: z.string().min(1).max(200) }),
        response: { 204: z.null().meta({ description: "It is taken away." }), ...problemAnswers },
      },
    },
    async ({ access, params: { id } }, reply) => {
      if (!(await takeRole(accounts, access, id))) throw notFound("role assignment", id);
      return reply.code(204).send(null);
    },
  );
}

function subjectOf(subject: z.infer<typeof subjectShape>): Subject {
  if (subject.kind === "user") return { kind: "user", id: subject.id as UserId };
  return subject.kind === "login" ? { kind: "login", login: loginOf(subject.login) } : subject;
}
