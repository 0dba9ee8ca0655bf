import type { ResourceTypeSpec } from "../schema/specification.ts";
import {
  arn,
  arnOf,
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

/** A bucket whose policy may also be set by a resource of its own. */
export const bucket: ResourceTypeSpec = {
  name: "reference_bucket",
  version: 0,
  idPrefix: "bucket",
  idOf: ({ name }) => String(name),
  block: {
    attributes: {
      id: ID,
      arn: arn("storage", "bucket"),
      name: fixed("string"),
      acl: optional("string", { deprecated: true, description: "Use public_access." }),
      policy: either("string", {
        sameWhen: "equal_json",
        mirrors: {
          childType: "reference_bucket_policy",
          parentOf: (policy) => policy["bucket"],
          elementOf: ({ policy }) => policy ?? null,
          single: true,
        },
      }),
      domain: computed("string", { make: ({ id, settings }) => `${id}.${settings.region}.storage.example` }),
      ...TAGS,
    },
    blocks: {
      versioning: {
        nesting: "list",
        maxItems: 1,
        block: { attributes: { enabled: required("bool"), mfa_delete: defaulted("bool", false) } },
      },
      public_access: {
        nesting: "group",
        block: { attributes: { block_acls: defaulted("bool", true), block_policy: defaulted("bool", true) } },
      },
    },
  },
  validate: (config) => mustBeJson(config, "policy"),
  present: presentTags,
  keep: keepTags,
};

export const bucketPolicy: ResourceTypeSpec = {
  name: "reference_bucket_policy",
  version: 0,
  idPrefix: "bucket-policy",
  idOf: ({ bucket: name }) => String(name),
  block: {
    attributes: { id: ID, bucket: fixed("string"), policy: required("string", { sameWhen: "equal_json" }) },
  },
  validate: (config) => mustBeJson(config, "policy"),
};

/** A topic for notifications; its id is its ARN. */
export const topic: ResourceTypeSpec = {
  name: "reference_topic",
  version: 0,
  idPrefix: "topic",
  idOf: ({ name }, settings) => arnOf("messages", "topic", String(name), settings),
  block: {
    attributes: {
      id: ID,
      arn: computed("string", { make: ({ id }) => id }),
      name: fixed("string"),
      display_name: optional("string"),
      retention_days: defaulted("number", 4),
      ...TAGS,
    },
  },
  present: presentTags,
  keep: keepTags,
};
