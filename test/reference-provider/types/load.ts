import type { ResourceTypeSpec } from "../schema/specification.ts";
import {
  arn,
  computed,
  defaulted,
  either,
  fixed,
  ID,
  keepTags,
  optional,
  presentTags,
  TAGS,
} from "./attributes.ts";

/** A middling resource for load tests: some twenty attributes, nested values, 1.3 kB of JSON, 3 kB as a state prints it. */
export const load: ResourceTypeSpec = {
  name: "reference_load",
  version: 0,
  idPrefix: "load",
  block: {
    attributes: {
      id: ID,
      arn: arn("load", "item"),
      name: fixed("string"),
      description: optional("string"),
      enabled: defaulted("bool", true),
      size: optional("number"),
      weight: optional("number"),
      kind: optional("string"),
      image: optional("string"),
      zones: optional(["set", "string"]),
      subnets: optional(["list", "string"]),
      environment: optional(["map", "string"]),
      policy: optional("string", { sameWhen: "equal_json" }),
      token: optional("string", { sensitive: true }),
      address: computed("string", { make: ({ id }) => `${id}.load.example` }),
      status: computed("string", { make: () => "available" }),
      members: either(["set", "string"], { make: () => [] }),
      network: {
        optional: true,
        nested: {
          nesting: "single",
          attributes: {
            vpc: optional("string"),
            public: defaulted("bool", false),
            routes: {
              optional: true,
              nested: {
                nesting: "list",
                attributes: {
                  target: optional("string"),
                  cidr: optional("string"),
                  metric: optional("number"),
                },
              },
            },
          },
        },
      },
      ...TAGS,
    },
    blocks: {
      disk: {
        nesting: "list",
        block: {
          attributes: {
            name: optional("string"),
            size: optional("number"),
            encrypted: defaulted("bool", true),
          },
        },
      },
      rule: {
        nesting: "set",
        block: {
          attributes: {
            protocol: optional("string"),
            from_port: optional("number"),
            to_port: optional("number"),
            cidrs: optional(["set", "string"]),
          },
        },
      },
    },
  },
  present: presentTags,
  keep: keepTags,
};
