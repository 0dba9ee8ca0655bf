import type { AttributeSpec, ResourceTypeSpec } from "../schema/specification.ts";
import {
  arn,
  computed,
  defaulted,
  fixed,
  ID,
  keepTags,
  optional,
  presentTags,
  required,
  TAGS,
} from "./attributes.ts";

/** Attributes with attributes of their own: one, a list, a set and a map of them. */
const NESTED: Readonly<Record<string, AttributeSpec>> = {
  settings: {
    optional: true,
    nested: {
      nesting: "single",
      attributes: {
        collation: defaulted("string", "utf8"),
        parameters: optional(["map", "string"]),
        secret_key: optional("string", { sensitive: true }),
        limits: {
          optional: true,
          nested: {
            nesting: "single",
            attributes: { connections: defaulted("number", 100), cpu: optional("number") },
          },
        },
      },
    },
  },
  backups: {
    optional: true,
    nested: { nesting: "list", attributes: { name: required("string"), keep_days: defaulted("number", 7) } },
  },
  windows: {
    optional: true,
    nested: { nesting: "set", attributes: { day: required("string"), hour: defaulted("number", 3) } },
  },
  endpoints: {
    optional: true,
    nested: {
      nesting: "map",
      attributes: {
        port: required("number"),
        protocol: defaulted("string", "tcp"),
        url: computed("string", {
          make: ({ id, owner }) => `${String(owner["protocol"])}://${id}.db.example:${String(owner["port"])}`,
        }),
      },
    },
  },
};

/** The type with nearly every feature of the protocol. Version 0 of its state called `username` `user`. */
export const database: ResourceTypeSpec = {
  name: "reference_database",
  version: 1,
  idPrefix: "db",
  needsPrivate: true,
  block: {
    attributes: {
      id: ID,
      arn: arn("db", "database"),
      identifier: fixed("string"),
      engine: fixed("string"),
      engine_version: optional("string"),
      storage_class: optional("string", { sameWhen: "equal_ignoring_case" }),
      username: optional("string"),
      password: optional("string", { sensitive: true }),
      password_wo: optional("string", { sensitive: true, writeOnly: true }),
      password_wo_version: optional("number"),
      size: required("number", { description: "Bytes; any size, fractions included." }),
      ...NESTED,
      endpoint: computed("string", { make: ({ id, settings }) => `${id}.${settings.region}.db.example` }),
      revision: computed("number", {
        volatile: true,
        make: ({ prior }) => (typeof prior?.["revision"] === "number" ? prior["revision"] + 1 : 1),
      }),
      ...TAGS,
    },
    blocks: {
      replica: {
        nesting: "list",
        block: {
          attributes: {
            zone: required("string"),
            size: defaulted("number", 1),
            endpoint: computed("string", {
              make: ({ id, owner }) => `${id}.${String(owner["zone"])}.db.example`,
            }),
          },
        },
      },
      timeouts: {
        nesting: "single",
        block: {
          attributes: { create: optional("string"), update: optional("string"), delete: optional("string") },
        },
      },
    },
  },
  upgrade: ({ user, ...recorded }) => ({ ...recorded, username: recorded["username"] ?? user ?? null }),
  present: presentTags,
  keep: keepTags,
};
