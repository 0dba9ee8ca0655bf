/** Who is told of a drift: the operator's routes, and the owners of the file that declares the resource. */
import { type DriftClass, isAtLeast, type Severity } from "../../domain/classification.ts";
import type { Labels } from "../../domain/labels.ts";
import type { Condition } from "../../policy/condition.ts";
import type { DriftFacts } from "../../policy/facts.ts";
import type { EscalationStep } from "../alert.ts";

export interface Route {
  readonly name: string;
  readonly when: RouteCondition;
  /** Names of channels. */
  readonly to: readonly string[];
  /** Also to the channels of those who own the file, as far as the operator maps them. */
  readonly toOwners: boolean;
  /** When nobody answers, by time. */
  readonly escalate: readonly EscalationStep[];
  /** Routes behind it are looked at as well. */
  readonly goesOn: boolean;
}

/** All that is given must be so. */
export interface RouteCondition {
  /** At least. */
  readonly severity?: Severity;
  readonly class?: DriftClass;
  /** All of them. */
  readonly labels?: Labels;
  /** Of resources; `*` stands for anything. */
  readonly types?: readonly ((type: string) => boolean)[];
  /** One of the rules that fired. */
  readonly rules?: readonly ((id: string) => boolean)[];
  /** A condition of the operator, over all that is known of the drift. */
  readonly holds?: Pick<Condition, "holds">["holds"];
}

export interface Routable {
  readonly drift: string;
  readonly severity: Severity;
  readonly class: DriftClass;
  readonly labels: Labels;
  readonly type: string;
  /** Ids of rules that fired. */
  readonly rules: readonly string[];
  /** As CODEOWNERS writes them: `@acme/network`, `ada@example.com`. */
  readonly owners: readonly string[];
  /** What conditions are asked about. */
  readonly facts: () => DriftFacts;
}

export interface RoutingSettings {
  /** Absent: everything goes to every channel. */
  readonly routes?: readonly Route[];
  /** Channels of an owner, by his name in lower case. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
}

export interface Routed {
  /** Names of channels, each once. */
  readonly channels: readonly string[];
  readonly ladder: readonly EscalationStep[];
  /** Names of routes whose conditions failed. Their channels are told all the same: nobody knows better. */
  readonly failed: readonly string[];
}

/** @param channels the names of all */
export function routeOf(drift: Routable, settings: RoutingSettings, channels: readonly string[]): Routed {
  const { routes, owners } = settings;
  if (routes === undefined) return { channels, ladder: [], failed: [] };
  const failed: string[] = [];
  const taken = routesOf(drift, routes, failed);
  const ofOwners = taken.some(({ toOwners }) => toOwners) ? channelsOf(drift.owners, owners) : [];
  const named = new Set([...taken.flatMap(({ to }) => to), ...ofOwners]);
  return {
    channels: channels.filter((name) => named.has(name)),
    ladder: joinLadders(taken.map(({ escalate }) => escalate)),
    failed,
  };
}

function routesOf(drift: Routable, routes: readonly Route[], failed: string[]): readonly Route[] {
  const taken: Route[] = [];
  for (const route of routes) {
    if (!matches(drift, route.when)) continue;
    const holds = route.when.holds?.(drift.facts()) ?? true;
    if (holds === false) continue;
    taken.push(route);
    if (holds !== true) failed.push(route.name);
    // What may have been meant for another one must not end here.
    if (!route.goesOn && holds === true) break;
  }
  return taken;
}

function matches(drift: Routable, when: RouteCondition): boolean {
  return (
    (when.severity === undefined || isAtLeast(drift.severity, when.severity)) &&
    (when.class === undefined || drift.class === when.class) &&
    Object.entries(when.labels ?? {}).every(([name, value]) => drift.labels[name] === value) &&
    (when.types?.some((fits) => fits(drift.type)) ?? true) &&
    (when.rules?.some((fits) => drift.rules.some(fits)) ?? true)
  );
}

function channelsOf(owners: readonly string[], map: RoutingSettings["owners"]): readonly string[] {
  return owners.flatMap((owner) => map.get(owner.toLowerCase()) ?? []);
}

/** By time, what is due at the same time as one step. */
export function joinLadders(ladders: readonly (readonly EscalationStep[])[]): readonly EscalationStep[] {
  const steps = new Map<number, Set<string>>();
  for (const { afterMs, to } of ladders.flat()) {
    const known = steps.get(afterMs) ?? new Set();
    for (const name of to) known.add(name);
    steps.set(afterMs, known);
  }
  return [...steps].sort(([a], [b]) => a - b).map(([afterMs, to]) => ({ afterMs, to: [...to] }));
}
