/** Whether a resource can be reached from the Internet, as far as its own attributes tell. */
import type { JsonObject, JsonValue } from "../domain/jsonValue.ts";
import { isPublicCidr } from "./cel/network.ts";
import type { DriftFacts } from "./facts.ts";

/** Attributes that say it by being true. */
const OPEN_IF_TRUE = [
  "publicly_accessible",
  "associate_public_ip_address",
  "map_public_ip_on_launch",
  "public_network_access_enabled",
];
/** By having a value. */
const OPEN_IF_THERE = ["public_ip", "public_dns", "function_url"];
const OPEN_ACLS = ["public-read", "public-read-write", "website"];
/** Attributes of rules that let traffic in. */
const SOURCES = [
  "cidr_blocks",
  "ipv6_cidr_blocks",
  "cidr_ipv4",
  "cidr_ipv6",
  "cidr_block",
  "ipv6_cidr_block",
];
const MOST_RULES = 2000;

/** What was recorded counts where nothing is live: a drift that deletes. */
export function isExposed({
  live,
  recorded,
  resource,
}: Pick<DriftFacts, "live" | "recorded" | "resource">): boolean {
  const value = Object.keys(live).length > 0 ? live : recorded;
  return (
    OPEN_IF_TRUE.some((name) => value[name] === true) ||
    OPEN_IF_THERE.some((name) => typeof value[name] === "string" && value[name] !== "") ||
    (typeof value["acl"] === "string" && OPEN_ACLS.includes(value["acl"])) ||
    (/_(lb|alb|elb)$/.test(resource.type) && value["internal"] === false) ||
    letsIn(value)
  );
}

function letsIn(value: JsonObject): boolean {
  const isEgress = value["type"] === "egress" || value["egress"] === true;
  if (!isEgress && opensTo(value)) return true;
  const { ingress } = value;
  return (
    Array.isArray(ingress) && ingress.slice(0, MOST_RULES).some((rule) => isObject(rule) && opensTo(rule))
  );
}

function opensTo(rule: JsonObject): boolean {
  return SOURCES.some((name) => {
    const given = rule[name];
    const blocks = Array.isArray(given) ? given.slice(0, MOST_RULES) : [given];
    return blocks.some((block) => typeof block === "string" && block.includes("/") && isPublicCidr(block));
  });
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
