/** Which events stand with a step in the life of a drift, and which with the drift itself. */
import type { Attribution } from "../../domain/actor.ts";
import type { DriftRecord, DriftStep } from "../../watch/drift.ts";
import type { Step } from "../../watch/stepDrift.ts";

type Taken = Exclude<Step, { readonly kind: "none" }>;
type Known = Pick<DriftRecord, "status" | "seenAt" | "attributions"> | undefined;

/** Between the clocks of the cloud and ours. */
const CLOCKS_MS = 60_000;
/** A drift that goes on changing names the latest; its history has them all. */
const MOST = 200;

/**
 * Who may have made this step. Who made the drift did not end it by the same call, nor what came of it after it had ended.
 * @param candidates the latest first
 */
export function causesOfStep(
  kind: DriftStep["kind"],
  last: Known,
  candidates: readonly Attribution[],
): readonly Attribution[] {
  if (last === undefined || (kind !== "closed" && kind !== "reopened")) return candidates;
  const known = new Set(last.attributions.map(({ eventId }) => eventId));
  const earliest = last.seenAt.getTime() - CLOCKS_MS;
  return candidates.filter(({ eventId, time }) => !known.has(eventId) && time.getTime() >= earliest);
}

/** Who may have made what the drift is after the step: whoever ended it did not, and whoever made a part of it before still did. */
export function causesOfDrift(
  kind: DriftStep["kind"],
  last: Known,
  causes: readonly Attribution[],
): readonly Attribution[] {
  if (last === undefined || kind === "opened" || kind === "reopened") return causes;
  if (kind === "closed" || kind === "absorbed") return last.attributions;
  const all = new Map([...last.attributions, ...causes].map((cause) => [cause.eventId, cause]));
  return [...all.values()].sort((a, b) => b.time.getTime() - a.time.getTime()).slice(0, MOST);
}

/**
 * A new state that records what it did before may be a deployment that put things right, or one of something else while somebody put this
 * right by hand. The events tell: a deployment would be among those who touched it.
 * @param causes of the step
 */
export function byWhomItEnded(step: Taken, causes: readonly Attribution[], hasDelivery: boolean): Taken {
  const isByHand = hasDelivery && causes.length > 0 && causes.every(({ isDelivery }) => !isDelivery);
  return step.kind === "closed" && step.end === "deployed" && isByHand
    ? { kind: "closed", end: "reverted" }
    : step;
}
