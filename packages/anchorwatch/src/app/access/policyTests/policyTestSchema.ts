/** The form of a file with tests of access. Its JSON Schema in `docs/schema/` is made from this: descriptions are for people. */
import { z } from "zod";
import { ACTIONS, type Action } from "../../../auth/action.ts";
import { ROLES } from "../../../auth/role.ts";

const text = z.string().min(1).max(1000);

const labels = z
  .record(z.string().min(1).max(100), z.string().min(1).max(200))
  .meta({ description: "Labels and their values; {} for none." });

const role = z.strictObject({
  role: z.enum(ROLES).meta({ description: "The role." }),
  stacks: labels.optional().meta({ description: "Where it counts. Default: everywhere." }),
});

const principal = z
  .strictObject({
    user: text.optional().meta({ description: "Login. Default: the name that stands before it." }),
    workload: text.optional().meta({
      description: "Name of a pipeline in the operator's file, in place of a user.",
    }),
    groups: z.array(text).max(100).optional().meta({ description: "PROVIDER:GROUP." }),
    roles: z.array(role).max(100).optional().meta({
      description: "Roles that are given by API, beside those that the operator's file gives.",
    }),
    channel: z
      .enum(["session", "token"])
      .optional()
      .meta({ description: "In the browser, or with a token. Default: session. Pipelines have their own." }),
    strong: z.boolean().optional().meta({
      description: "With a passkey or a second factor. Default: false.",
    }),
    limit: z
      .strictObject({
        roles: z.array(z.enum(ROLES)).min(1),
        stacks: labels.optional(),
      })
      .optional()
      .meta({ description: "What the token is limited to." }),
  })
  .meta({ description: "Somebody who asks." });

const test = z
  .strictObject({
    name: text.optional().meta({ description: "For people. Default: what is asked." }),
    principal: text.meta({ description: "One of principals." }),
    action: z.enum(Object.keys(ACTIONS) as Action[]).meta({ description: "What is asked for." }),
    resource: z.strictObject({ labels }).optional().meta({
      description:
        "A stack or account with these labels. Only without it is it the installation that is asked about.",
    }),
    expect: z.enum(["allow", "deny"]).meta({ description: "What the answer must be." }),
    because: text.optional().meta({
      description: "Id of a policy that must have decided: one that permits, or one that forbids.",
    }),
  })
  .meta({ description: "A question and its answer." });

export const policyTestSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: "Version of this file's form." }),
    principals: z.record(text, principal).meta({ description: "Who asks, by names that the tests use." }),
    tests: z.array(test).min(1).max(10_000).meta({ description: "What must be so." }),
  })
  .meta({
    title: "Anchorwatch access tests",
    description: "Tests of roles and policies, run by anchorwatch access test.",
  });

export type PolicyTestFile = z.infer<typeof policyTestSchema>;
export type PrincipalSection = PolicyTestFile["principals"][string];
