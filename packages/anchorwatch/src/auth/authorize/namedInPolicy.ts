/** Which names a policy speaks of, found in its JSON form (docs.cedarpolicy.com, "JSON policy format"). */
import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import type { Action } from "../action.ts";
import { actionGroup, actionNames, entityType } from "./cedarSchema.ts";

export interface NamedInPolicy {
  /** Users, groups, roles and so on: whoever is called something else, it cannot tell apart. */
  readonly entities: readonly NamedEntity[];
  /** Labels that it asks for; undefined: a name is computed, so it could be any. */
  readonly labels: NamedLabels | undefined;
  /** Actions that it can apply to by its scope; its conditions may narrow that further. */
  readonly actions: readonly Action[];
  /** Its conditions ask for actions too. */
  readonly asksForActions: boolean;
  /** How the request came can matter to it. */
  readonly asksForChannel: boolean;
}

/** By the name of the label, the values that can be told apart: those that it is compared with; undefined: all. */
export type NamedLabels = ReadonlyMap<string, ReadonlySet<string> | undefined>;

export interface NamedEntity {
  readonly type: string;
  readonly id: string;
}

export function namedInPolicy(policy: PolicyJson): NamedInPolicy {
  const entities: NamedEntity[] = [];
  walk(policy, (node) => {
    if (typeof node["type"] === "string" && typeof node["id"] === "string")
      entities.push({ type: node["type"], id: node["id"] });
  });
  let asksForActions = false;
  walk(policy.conditions, (node) => {
    if (node["type"] === entityType("Action") || node["Var"] === "action") asksForActions = true;
  });
  return {
    entities,
    labels: labelsIn(policy),
    actions: actionsOf(policy.action),
    asksForActions,
    asksForChannel: asksForChannel(policy),
  };
}

/** Whatever it does with its context but to ask whether the sign-in was strong. */
function asksForChannel({ conditions }: PolicyJson): boolean {
  let isAsked = false;
  const strong = new Set<unknown>();
  walk(conditions, (node) => {
    const { ".": got } = node;
    if (isNode(got) && got["attr"] === "strong") strong.add(got["left"]);
    if (node["Var"] === "context" && !strong.has(node)) isAsked = true;
  });
  return isAsked;
}

function labelsIn(policy: PolicyJson): NamedLabels | undefined {
  const labels = new Map<string, Set<string> | undefined>();
  const compared = new Set<Node>();
  let anyLabel = false;
  walk(policy, (node) => {
    for (const { node: getter, name, values } of comparisonsIn(node)) {
      compared.add(getter);
      if (!labels.has(name)) labels.set(name, new Set());
      for (const value of values) labels.get(name)?.add(value);
    }
    for (const asked of ["hasTag", "getTag"]) {
      if (!isNode(node[asked])) continue;
      const name = literal(node[asked]["right"]);
      if (name === undefined) anyLabel = true;
      else if (asked === "getTag" && !compared.has(node)) labels.set(name, undefined);
      else if (!labels.has(name)) labels.set(name, new Set());
    }
  });
  return anyLabel ? undefined : labels;
}

interface Comparison {
  /** What gets the label. */
  readonly node: Node;
  readonly name: string;
  readonly values: readonly string[];
}

/** `getTag("env") == "prod"`, either way around, and `["prod", "test"].contains(getTag("env"))`. */
function comparisonsIn(node: Node): readonly Comparison[] {
  const comparison = (got: unknown, values: readonly (string | undefined)[]): readonly Comparison[] => {
    const name = isNode(got) && isNode(got["getTag"]) ? literal(got["getTag"]["right"]) : undefined;
    const texts = values.filter((value) => value !== undefined);
    return isNode(got) && name !== undefined && texts.length === values.length
      ? [{ node: got, name, values: texts }]
      : [];
  };
  const { contains } = node;
  const equal = [node["=="], node["!="]]
    .filter(isNode)
    .flatMap(({ left, right }) => [
      ...comparison(left, [literal(right)]),
      ...comparison(right, [literal(left)]),
    ]);
  if (!isNode(contains) || !isNode(contains["left"]) || !Array.isArray(contains["left"]["Set"])) return equal;
  return [...equal, ...comparison(contains["right"], contains["left"]["Set"].map(literal))];
}

function literal(node: unknown): string | undefined {
  return isNode(node) && typeof node["Value"] === "string" ? node["Value"] : undefined;
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
