/** The form of the section `access` of `anchorwatch.server.yaml`. Descriptions are for people. */

import { z } from "zod";
import { ROLES } from "../../../auth/role.ts";
import { LABEL_NAME } from "../../../domain/labels.ts";
import { LASTING_PATTERN } from "../duration.ts";
import { SOURCE_NAME_PATTERN, VARIABLE_PATTERN } from "./watchSchema.ts";
import { path, text } from "./words.ts";

/** Of a claim that holds a name or groups: `groups`, `https://example.com/groups`. */
const claim = (description: string) => z.string().min(1).max(200).meta({ description });
const lasting = (description: string) => z.string().regex(LASTING_PATTERN).meta({ description });
const name = (description: string) => z.string().regex(SOURCE_NAME_PATTERN).meta({ description });
const texts = z.array(text).min(1).max(1000);

const provider = z
  .strictObject({
    name: name(
      "What it is called in addresses and before groups, such as okta: letters, digits and . _ -, unique.",
    ),
    title: z.string().min(1).max(100).optional().meta({ description: "On the button. Default: the name." }),
    issuer: text.meta({
      description:
        "Its address, exactly as its metadata at /.well-known/openid-configuration names it. https; http on this machine alone.",
    }),
    clientId: text.meta({ description: "What Anchorwatch is called there." }),
    clientSecretFile: path(
      "File with the client's secret. Without it and clientSecretVariable: a public client, with PKCE alone.",
    ).optional(),
    clientSecretVariable: z
      .string()
      .regex(VARIABLE_PATTERN)
      .optional()
      .meta({ description: "Name of the variable of the server's environment with the client's secret." }),
    scopes: texts
      .optional()
      .meta({ description: "Scopes that are asked for. Default: openid, profile and email." }),
    groupsClaim: claim(
      "Claim with the groups of a person, a list or one text. Default: it knows none.",
    ).optional(),
    loginClaim: claim(
      "Claim that becomes the login. email only counts when email_verified is true. Default: email.",
    ).optional(),
    loginDomains: texts.optional().meta({
      description:
        "Only logins that end in @ and one of these are taken from it. With several providers this keeps one from naming people of another.",
    }),
    strongAcr: texts.optional().meta({
      description:
        "Values of acr that say that there was a second factor. amr with mfa, otp, hwk, swk, fido, sc or face counts always.",
    }),
  })
  .meta({ description: "An OpenID provider that people sign in with." });

const labels = z
  .record(z.string().regex(LABEL_NAME), z.string().min(1).max(200))
  .meta({ description: "Labels that must all be there." });

const role = z
  .strictObject({
    role: z.enum(ROLES).meta({ description: "What they may, see docs/access.md." }),
    users: texts.optional().meta({ description: "Logins, also of people who never signed in yet." }),
    groups: texts.optional().meta({ description: "PROVIDER:GROUP, the provider as it is called here." }),
    workloads: texts.optional().meta({ description: "Pipelines, as they are called under workloads." }),
    stacks: labels.optional().meta({
      description:
        "Labels that a stack or an account must all have for the role to count. Default: everywhere, and in what belongs to no stack.",
    }),
  })
  .meta({
    description: "Who has a role, and where.",
    anyOf: ["users", "groups", "workloads"].map((member) => ({ required: [member] })),
  });

/** Which member makes it a pipeline of which forge. */
export const WORKLOAD_KINDS = ["github", "gitlab"] as const;

const forge = (repository: string, issuer: string) =>
  z.strictObject({
    repository: text.meta({ description: repository }),
    ref: text.optional().meta({
      description:
        "refs/heads/BRANCH or refs/tags/TAG, exactly. Without it: any, where the environment is pinned.",
    }),
    environment: text
      .optional()
      .meta({ description: "Name of the environment that the job deploys to, exactly." }),
    issuer: text.optional().meta({ description: `Who signs. Default: ${issuer}.` }),
  });

const workload = z
  .strictObject({
    name: name("What it is called in roles and in the ledger: letters, digits and . _ -, unique."),
    github: forge("OWNER/NAME, exactly.", "https://token.actions.githubusercontent.com").optional(),
    gitlab: forge("GROUP/NAME, with all subgroups, exactly.", "https://gitlab.com").optional(),
    audience: text
      .optional()
      .meta({ description: "What its tokens must be made for. Default: server.publicUrl." }),
  })
  .meta({
    description:
      "A pipeline that may ask without a secret of its own, pinned to repository and ref or environment.",
    oneOf: WORKLOAD_KINDS.map((kind) => ({ required: [kind] })),
  });

export const access = z
  .strictObject({
    providers: z.array(provider).max(20).optional().meta({ description: "Whom people sign in with." }),
    roles: z.array(role).max(10_000).optional().meta({ description: "Who may what." }),
    workloads: z.array(workload).max(1000).optional().meta({ description: "Pipelines that may ask." }),
    policies: z
      .array(path("A file in Cedar."))
      .max(100)
      .optional()
      .meta({ description: "Policies beside those that are built in." }),
    sessions: z
      .strictObject({
        idle: lasting("Without use for so long, a session ends. Default: 12h.").optional(),
        longest: lasting("A session ends after that, used or not. Default: 7d.").optional(),
      })
      .optional()
      .meta({ description: "How long people stay signed in." }),
    tokens: z
      .strictObject({ longest: lasting("How long a token may be good at most. Default: 365d.").optional() })
      .optional()
      .meta({ description: "Tokens of the API." }),
    passwords: z
      .boolean()
      .optional()
      .meta({ description: "Whether people may have passwords. Passkeys they always may. Default: true." }),
  })
  .meta({ description: "Who comes in, and who may what." });

export type AccessSection = z.infer<typeof access>;
export type ProviderOfPeopleSection = NonNullable<AccessSection["providers"]>[number];
export type RoleSection = NonNullable<AccessSection["roles"]>[number];
export type WorkloadSection = NonNullable<AccessSection["workloads"]>[number];
