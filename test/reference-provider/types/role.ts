import type { CtyObject } from "../../../packages/tfprovider/src/cty/value.ts";
import type { ResourceTypeSpec } from "../schema/specification.ts";
import {
  arn,
  computed,
  defaulted,
  either,
  fixed,
  ID,
  keepTags,
  mustBeJson,
  optional,
  presentTags,
  required,
  TAGS,
} from "./attributes.ts";

/**
 * A role and who may take it. Policies and attachments are resources of their own; those, and what somebody added by
 * hand, show in `inline_policy` and `attached_policies`.
 */
export const role: ResourceTypeSpec = {
  name: "reference_role",
  version: 0,
  idPrefix: "role",
  idOf: ({ name }) => String(name),
  block: {
    attributes: {
      id: ID,
      arn: arn("iam", "role"),
      name: fixed("string"),
      path: defaulted("string", "/", { forcesReplacement: true }),
      description: optional("string"),
      trust_policy: required("string", { sameWhen: "equal_json" }),
      max_session: defaulted("number", 3600),
      inline_policy: either(["set", ["object", { name: "string", policy: "string" }]], {
        make: () => [],
        mirrors: {
          childType: "reference_role_policy",
          parentOf: (policy) => policy["role"],
          elementOf: ({ name, policy }) => ({ name: name ?? null, policy: policy ?? null }),
        },
      }),
      attached_policies: either(["set", "string"], {
        mirrors: {
          childType: "reference_role_attachment",
          parentOf: (attachment) => attachment["role"],
          elementOf: (attachment) => attachment["policy_arn"] ?? null,
        },
      }),
      unique_id: computed("string", {
        make: ({ id }) => `AROA${Buffer.from(id).toString("hex").toUpperCase()}`,
      }),
      ...TAGS,
    },
  },
  validate: (config) => mustBeJson(config, "trust_policy"),
  present: presentTags,
  keep: keepTags,
};

export const rolePolicy: ResourceTypeSpec = {
  name: "reference_role_policy",
  version: 0,
  idPrefix: "policy",
  idOf: (policy) => joined(policy, "role", "name"),
  block: {
    attributes: {
      id: ID,
      role: fixed("string"),
      name: fixed("string"),
      policy: required("string", { sameWhen: "equal_json" }),
    },
  },
  validate: (config) => mustBeJson(config, "policy"),
};

export const roleAttachment: ResourceTypeSpec = {
  name: "reference_role_attachment",
  version: 0,
  idPrefix: "attachment",
  idOf: (attachment) => joined(attachment, "role", "policy_arn"),
  block: { attributes: { id: ID, role: fixed("string"), policy_arn: fixed("string") } },
};

function joined(resource: CtyObject, ...names: readonly string[]): string {
  return names.map((name) => String(resource[name])).join(":");
}
