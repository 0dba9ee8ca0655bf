/** Which names a policy speaks of, found in its JSON form (docs.cedarpolicy.com, "JSON policy format"). */
import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import type { Action } from "../action.ts";
import { actionGroup, actionNames, entityType } from "./cedarSchema.ts";

export interface NamedInPolicy {
  /** Users, groups, roles and so on: whoever is called something else, it cannot tell apart. */
  readonly entities: readonly NamedEntity[];
  /** Labels that it asks for; undefined: a name is computed, so it could be any. */
  readonly labels: readonly string[] | undefined;
  /** Actions that it can apply to by its scope; its conditions may narrow that further. */
  readonly actions: readonly Action[];
  /** Its conditions ask for actions too. */
  readonly asksForActions: boolean;
}

export interface NamedEntity {
  readonly type: string;
  readonly id: string;
}

export function namedInPolicy(policy: PolicyJson): NamedInPolicy {
  const entities: NamedEntity[] = [];
  const labels = new Set<string>();
  let anyLabel = false;
  walk(policy, (node) => {
    if (typeof node["type"] === "string" && typeof node["id"] === "string")
      entities.push({ type: node["type"], id: node["id"] });
    for (const asked of [node["hasTag"], node["getTag"]]) {
      if (!isNode(asked)) continue;
      const name = isNode(asked["right"]) ? asked["right"]["Value"] : undefined;
      if (typeof name === "string") labels.add(name);
      else anyLabel = true;
    }
  });
  let asksForActions = false;
  walk(policy.conditions, (node) => {
    if (node["type"] === entityType("Action") || node["Var"] === "action") asksForActions = true;
  });
  return {
    entities,
    labels: anyLabel ? undefined : [...labels],
    actions: actionsOf(policy.action),
    asksForActions,
  };
}

function actionsOf(scope: PolicyJson["action"]): readonly Action[] {
  if (scope.op === "All") return actionNames();
  const named = new Set<string>();
  walk(scope, (node) => {
    if (node["type"] === entityType("Action") && typeof node["id"] === "string") named.add(node["id"]);
  });
  const isNamed = (action: Action) =>
    named.has(action) || (scope.op === "in" && named.has(actionGroup(action)));
  return actionNames().filter(isNamed);
}

/** Its JSON form says exactly what its text says. Larger numbers than doubles hold would come out as others. */
export function isExactInJson(policy: PolicyJson): boolean {
  let isExact = true;
  walk(policy.conditions, (node) => {
    const { Value: value } = node;
    if (typeof value === "bigint" || (typeof value === "number" && !Number.isSafeInteger(value)))
      isExact = false;
  });
  return isExact;
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  if (!isNode(value)) return;
  visit(value);
  for (const member of Object.values(value)) walk(member, visit);
}
