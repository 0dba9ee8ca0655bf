import type { AttributeSpec, ResourceTypeSpec } from "../schema/specification.ts";
import type { JsonObject } from "../values/json.ts";
import {
  arn,
  defaulted,
  either,
  fixed,
  ID,
  keepTags,
  optional,
  presentTags,
  required,
  TAGS,
} from "./attributes.ts";

/** What a rule says, as a block of the firewall and as a resource of its own. */
const RULE: Readonly<Record<string, AttributeSpec>> = {
  direction: required("string"),
  protocol: required("string"),
  from_port: required("number"),
  to_port: required("number"),
  cidrs: optional(["set", "string"]),
  description: optional("string"),
};

const RULE_TYPE = Object.fromEntries(Object.entries(RULE).map(([name, { type }]) => [name, type]));

/**
 * Rules come as `rule` blocks, or as resources `reference_firewall_rule`. The latter, and rules that somebody added by
 * hand, show in `effective_rules`, where no plan takes offence at them.
 */
export const firewall: ResourceTypeSpec = {
  name: "reference_firewall",
  version: 0,
  idPrefix: "fw",
  block: {
    attributes: {
      id: ID,
      arn: arn("net", "firewall"),
      name: fixed("string"),
      network_id: fixed("string"),
      description: defaulted("string", "Managed by Terraform", { forcesReplacement: true }),
      effective_rules: either(["set", ["object", RULE_TYPE]], {
        mirrors: {
          childType: "reference_firewall_rule",
          parentOf: (rule) => rule["firewall_id"],
          elementOf: ruleOnly,
        },
      }),
      ...TAGS,
    },
    blocks: { rule: { nesting: "set", block: { attributes: RULE } } },
  },
  present: presentTags,
  keep: keepTags,
};

export const firewallRule: ResourceTypeSpec = {
  name: "reference_firewall_rule",
  version: 0,
  idPrefix: "fwr",
  block: { attributes: { id: ID, firewall_id: fixed("string"), ...RULE } },
};

function ruleOnly(rule: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(RULE).map((name) => [name, rule[name] ?? null]));
}
