import type { Objection, ResourceTypeSpec } from "../schema/specification.ts";
import {
  arn,
  computed,
  defaulted,
  either,
  fixed,
  ID,
  keepTags,
  presentTags,
  required,
  TAGS,
} from "./attributes.ts";

/** A network with a name of its own; it counts the firewalls in it, which nobody can set. */
export const network: ResourceTypeSpec = {
  name: "reference_network",
  version: 0,
  idPrefix: "net",
  block: {
    attributes: {
      id: ID,
      arn: arn("net", "network"),
      name: fixed("string"),
      cidr: required("string", { description: "IPv4 range, such as 10.0.0.0/16." }),
      owner: either("string", { make: () => "unassigned" }),
      dns: defaulted("bool", true),
      firewall_count: computed("number", { make: () => 0 }),
      ...TAGS,
    },
  },
  validate: ({ cidr }) => (typeof cidr === "string" ? checkCidr("cidr", cidr) : []),
  present: (stored, view) => {
    const firewalls = Object.values(view.ofType("reference_firewall"));
    const count = firewalls.filter((firewall) => firewall["network_id"] === stored["id"]).length;
    return { ...presentTags(stored, view), firewall_count: count };
  },
  keep: keepTags,
};

function checkCidr(attribute: string, cidr: string): readonly Objection[] {
  if (/^[0-9]{1,3}(\.[0-9]{1,3}){3}\/[0-9]{1,2}$/.test(cidr)) return [];
  return [{ attribute, summary: "Invalid CIDR", detail: `"${cidr}" is no IPv4 range such as 10.0.0.0/16.` }];
}
