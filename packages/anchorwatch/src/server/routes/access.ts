/** Who may what, and why: to be read and asked about by those who look after access. */
import { z } from "zod";
import { askingAbout } from "../../app/access/explaining.ts";
import { explanationJson, policyJson } from "../../app/access/explanationJson.ts";
import { type Asked, questionOf } from "../../app/access/question.ts";
import { rolePermissions } from "../../auth/authorize/rolePermissions.ts";
import type { StackId } from "../../watch/stack.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import {
  ACTION_WORDS,
  actionShape,
  explanationShape,
  policyShape,
  rolePermissionsShape,
} from "../shapes/authorization.ts";
import { schemaName } from "../shapes/wire.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

type Dependencies = Pick<ServerDependencies, "access" | "accounts" | "control" | "watch">;

export function addAccessRoutes(api: Api, dependencies: Dependencies): void {
  addReading(api, dependencies);
  addExplaining(api, dependencies);
}

function addReading(api: Api, { control }: Dependencies): void {
  api.get(
    "/access/policies",
    {
      config: { access: "access.view" },
      schema: {
        summary: "The policies that are in force",
        tags: ["access"],
        response: {
          200: z.object({ schema: schemaName("access-policies"), policies: z.array(policyShape) }),
          ...problemAnswers,
        },
      },
    },
    async () => ({
      schema: "anchorwatch.access-policies/v1" as const,
      policies: control.policies().map((policy) => ({ ...policyJson(policy), text: policy.text })),
    }),
  );

  api.get(
    "/access/roles",
    {
      config: { access: "access.view" },
      schema: {
        summary: "The roles, and what each of them may",
        tags: ["access"],
        response: {
          200: z.object({ schema: schemaName("access-roles"), roles: z.array(rolePermissionsShape) }),
          ...problemAnswers,
        },
      },
    },
    async () => ({ schema: "anchorwatch.access-roles/v1" as const, roles: rolePermissions() }),
  );
}

const label = z.string().min(1).max(200);

const question = z.strictObject({
  user: z.string().min(1).max(300).meta({ description: "A login, the id of a user, or workload:NAME." }),
  action: actionShape.meta({ description: ACTION_WORDS }),
  resource: z
    .union([
      z.strictObject({ stack: z.string().min(1).max(200).meta({ description: "Id of a stack." }) }),
      z.strictObject({ labels: z.record(label, label) }),
    ])
    .optional()
    .meta({ description: "Absent: the installation." }),
  channel: z.enum(["session", "token"]).default("session"),
  strong: z.boolean().default(false).meta({ description: "With a passkey or a second factor." }),
});

function addExplaining(api: Api, { access, accounts, control, watch }: Dependencies): void {
  api.post(
    "/access/explain",
    {
      config: { access: "access.view" },
      schema: {
        summary: "Whether somebody may something, and why",
        description: "Of somebody who never signed in, it tells what his login alone would give him.",
        tags: ["access"],
        body: question,
        response: { 200: explanationShape, ...problemAnswers },
      },
    },
    async ({ access: requester, body: { action, resource, ...about } }) => {
      // It changes nothing, so it is reading, whatever its method.
      await access.reads(requester, `explain ${about.user} ${action}`);
      const asked = await askedOf(resource, async (id) => {
        // Whoever asks is not told of stacks that he may not see himself.
        const visible = await access.visible(requester.principal, "stack.view");
        const found = await watch.records.stacks.byId(id, { visible });
        return found === undefined ? undefined : (found.stack.labels ?? {});
      });
      const asking = questionOf(action, asked);
      const { who, barred } = await askingAbout(accounts.records, accounts.settings(), about);
      return explanationJson(who, asking, control.explain(who, asking), barred);
    },
  );
}

async function askedOf(
  resource: z.infer<typeof question>["resource"],
  labelsOf: (id: StackId) => Promise<Readonly<Record<string, string>> | undefined>,
): Promise<Asked> {
  if (resource === undefined) return { kind: "installation" };
  if ("labels" in resource) return { kind: "labelled", labels: resource.labels };
  const labels = await labelsOf(resource.stack as StackId);
  if (labels === undefined) throw notFound("stack", resource.stack);
  return { kind: "stack", labels };
}
