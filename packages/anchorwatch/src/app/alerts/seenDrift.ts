/** A drift as alerts look at it: what it has in common with others, whom it concerns, whether it is over. */
import type { Groupable } from "../../alerts/grouping/cause.ts";
import type { Routable } from "../../alerts/routing/route.ts";
import { pathText } from "../../compare/lines/changeLines.ts";
import type { Actor } from "../../domain/actor.ts";
import type { DriftClass, Severity } from "../../domain/classification.ts";
import type { DriftFacts } from "../../policy/facts.ts";
import type { DriftEnd } from "../../watch/drift.ts";
import type { SeenResource } from "../../watch/seenResource.ts";
import type { Tellable, TellableDrift } from "../../watch/tellable.ts";
import { factsOf, stackFacts } from "../policy/facts.ts";
import { foundChanges } from "./message/foundChanges.ts";

/** Of drifts that were never classified: nobody knows better, and nobody shall miss them. */
const UNKNOWN: { readonly severity: Severity; readonly class: DriftClass } = {
  severity: "medium",
  class: "operational",
};

export function judgementOf({ classification }: Pick<TellableDrift, "classification">): typeof UNKNOWN {
  return classification ?? UNKNOWN;
}

/** It is there, and nobody has accepted it. */
export function concernsSomebody({ status, excepted }: Pick<TellableDrift, "status" | "excepted">): boolean {
  return status === "open" && excepted === undefined;
}

/** Why nobody has to do anything any more, in a few words. */
export function resolutionOf({ status, end, because, excepted }: ToldEnd): string {
  if (status === "open" && excepted !== undefined) {
    const until = excepted.until === undefined ? "" : ` until ${excepted.until.toISOString().slice(0, 16)}Z`;
    return `${excepted.kind === "ignore" ? "ignored" : "accepted"}${until}`;
  }
  return because ?? (end === undefined ? "over" : ENDS[end]);
}

type ToldEnd = Pick<TellableDrift, "status" | "end" | "because" | "excepted">;

const ENDS: Readonly<Record<DriftEnd, string>> = {
  ignored: "a rule ignores it now",
  reverted: "reverted: what runs is as recorded again",
  deployed: "deployed: a deployment put it right",
  adopted: "adopted: the code says now what runs",
  passed: "it came and went",
  removed: "removed: nothing has the resource any more",
};

/** Equal for the same change of other resources: positions in lists say nothing. */
export function groupable({ drift, stack }: Pick<Tellable, "drift" | "stack">): Groupable {
  const [latest] = drift.attributions;
  const name = latest?.person.kind === "mapped" ? latest.person.name : undefined;
  return {
    drift: drift.id,
    stack: { id: stack.id, name: stack.name },
    type: drift.type,
    verdict: drift.verdict,
    changes: foundChanges(drift.found).map(
      ({ path, op }) => `${pathText(path.filter((step) => typeof step !== "number"))} ${op}`,
    ),
    ...(latest === undefined ? {} : { principal: latest.actor.principal, event: latest.eventName }),
    ...(name === undefined ? {} : { name }),
  };
}

/** @param seen what it is classified from; absent: nothing of it was kept */
export function routable(
  { drift, stack }: Pick<Tellable, "drift" | "stack">,
  owners: readonly string[],
  seen: SeenResource | undefined,
  now: Date,
  isBreakGlass: (actor: Actor) => boolean,
): Routable {
  return {
    drift: drift.id,
    ...judgedBy(drift),
    labels: stack.labels ?? {},
    type: drift.type,
    rules: drift.classification?.rules.map(({ id }) => id) ?? [],
    owners,
    facts: () => factsOfDrift({ drift, stack }, seen ?? NOTHING_SEEN, now, isBreakGlass),
  };
}

const NOTHING_SEEN: SeenResource = { recorded: {}, live: {}, isCut: true, changes: [] };

function factsOfDrift(
  { drift, stack }: Pick<Tellable, "drift" | "stack">,
  seen: SeenResource,
  now: Date,
  isBreakGlass: (actor: Actor) => boolean,
): DriftFacts {
  const { address, type, verdict, attributions, openedAt } = drift;
  const data = (drift.found["data"] ?? {}) as {
    readonly resource?: { readonly provider?: string; readonly id?: string };
  };
  const { provider = "", id = "" } = data.resource ?? {};
  return factsOf({
    ...{ stack: stackFacts(stack), resource: { address, type, provider, id, ...sourceOf(drift) } },
    ...{ verdict, seen, attributions, openedAt, now, others: [], isBreakGlass },
  });
}

function judgedBy(drift: TellableDrift): typeof UNKNOWN {
  const { severity, class: kind } = judgementOf(drift);
  return { severity, class: kind };
}

/** As the cloud calls it; undefined where nobody knows. */
export function resourceIdOf({ found }: Pick<TellableDrift, "found">): string | undefined {
  const data = found["data"] as { readonly resource?: { readonly id?: unknown } } | undefined;
  const id = data?.resource?.id;
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** Where the resource is declared, relative to its stack's folder; undefined where nobody knows. */
export function sourceOf({
  found,
}: Pick<TellableDrift, "found">): { readonly file: string; readonly line: number } | undefined {
  const data = found["data"];
  if (typeof data !== "object" || data === null || !("source" in data)) return undefined;
  const { source } = data;
  if (typeof source !== "object" || source === null || Array.isArray(source)) return undefined;
  const { file, line } = source as { readonly file?: unknown; readonly line?: unknown };
  return typeof file === "string" && typeof line === "number" ? { file, line } : undefined;
}
