/** The provider block and the one data source. */
import { type CtyObject, type CtyValue, isCtyObject } from "../../../packages/tfprovider/src/cty/value.ts";
import type { BlockSpec, ProviderSettings } from "../schema/specification.ts";
import { computed, optional, required } from "./attributes.ts";

export const PROVIDER_SOURCE = "registry.terraform.io/anchorwatch/reference";
export const PROVIDER_VERSION = "1.0.0";

export const PROVIDER_BLOCK: BlockSpec = {
  attributes: {
    path: required("string", { description: "The JSON file that plays the cloud." }),
    region: optional("string"),
    profile: optional("string"),
    token: optional("string", { sensitive: true }),
    endpoint: optional("string", {
      description: "An address that must accept connections, such as http://127.0.0.1:5000.",
    }),
    default_tags: optional(["map", "string"]),
  },
  blocks: {
    assume_role: {
      nesting: "list",
      maxItems: 1,
      block: {
        attributes: {
          role_arn: required("string"),
          session_name: optional("string"),
          external_id: optional("string", { sensitive: true }),
        },
      },
    },
  },
};

/** `data "reference_network"`: finds a network by its name. */
export const NETWORK_DATA: BlockSpec = {
  attributes: {
    name: required("string"),
    id: computed("string"),
    cidr: computed("string"),
    tags: computed(["map", "string"]),
  },
};

/** What the decoded provider block means. */
export function settingsOf(config: CtyObject): ProviderSettings {
  const [assumed] = config["assume_role"] as readonly CtyValue[];
  const tags = config["default_tags"] ?? null;
  return {
    path: textOf(config["path"]) ?? "",
    region: textOf(config["region"]) ?? "eu-1",
    token: textOf(config["token"]),
    role: isCtyObject(assumed) ? textOf(assumed["role_arn"]) : undefined,
    endpoint: textOf(config["endpoint"]),
    defaultTags: isCtyObject(tags) ? (tags as Readonly<Record<string, string>>) : {},
  };
}

function textOf(value: CtyValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
