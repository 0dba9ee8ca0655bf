/** Policies, what roles may, and why somebody may something. */
import { z } from "zod";
import { BARRED } from "../../app/access/mayComeIn.ts";
import { ACTIONS } from "../../auth/action.ts";
import { actionNames } from "../../auth/authorize/cedarSchema.ts";
import { ROLES } from "../../auth/role.ts";
import { schemaName } from "./wire.ts";

export const actionShape = z.enum(actionNames());

const labels = z.record(z.string(), z.string());
const place = { file: z.string().optional(), line: z.int().min(1).optional() };

const decidingPolicy = z.object({
  id: z.string(),
  effect: z.enum(["permit", "forbid"]),
  origin: z.enum(["built-in", "config"]),
  means: z.string().optional().meta({ description: "The same in words." }),
  ...place,
});

export const policyShape = decidingPolicy
  .extend({ text: z.string().meta({ description: "Cedar." }) })
  .meta({ id: "Policy" });

export const rolePermissionsShape = z
  .object({
    role: z.enum(ROLES),
    actions: z.array(actionShape).meta({
      description:
        "What it may where it counts, by the built-in policies. Those of the operator can permit and forbid more.",
    }),
  })
  .meta({ id: "RolePermissions" });

const countedRole = z.object({
  role: z.enum(ROLES),
  subject: z.string(),
  labels,
  origin: z.enum(["config", "api"]),
  ...place,
});

export const explanationShape = z
  .object({
    schema: schemaName("access-explanation"),
    allowed: z.boolean(),
    barred: z.enum(BARRED).optional().meta({
      description:
        "Why he does not even come in, whatever the policies say: the account is disabled or removed, or the operator's file does not name his identity provider (provider) or the pipeline (workload).",
    }),
    principal: z.object({
      kind: z.enum(["user", "workload"]),
      name: z.string(),
      groups: z.array(z.string()),
      channel: z.enum(["session", "token", "workload", "chat"]),
      strong: z.boolean(),
    }),
    action: actionShape,
    resource: z.object({ kind: z.enum(["stack", "account", "installation"]), labels: labels.optional() }),
    roles: z.array(countedRole).meta({ description: "Those that count there." }),
    rolesElsewhere: z.array(countedRole),
    policies: z
      .array(decidingPolicy)
      .meta({ description: "That permit it, or that forbid it; none: no policy permits it." }),
    failures: z
      .array(z.object({ message: z.string(), policy: decidingPolicy.optional() }))
      .meta({ description: "Policies that could not be evaluated: then the answer is no." }),
    limitedByToken: z.boolean(),
    ways: z
      .array(
        z.array(
          z.object({
            kind: z.enum(["role", "strong", "session", "unlimited"]),
            role: z.enum(ROLES).optional(),
          }),
        ),
      )
      .meta({ description: "Where it is denied: what would allow it, each a way of its own." }),
  })
  .meta({ id: "AccessExplanation" });

export const ACTION_WORDS = Object.entries(ACTIONS)
  .map(([name, { means }]) => `${name}: ${means}`)
  .join("; ");
