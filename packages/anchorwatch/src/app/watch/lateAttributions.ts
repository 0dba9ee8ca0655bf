/** Trails tell late: a sweep may find a drift before the event comes that tells whose it is. */
import type { Attribution } from "../../domain/actor.ts";
import type { DriftRecord } from "../../watch/drift.ts";

/** Between the clocks of the cloud and ours. */
const CLOCKS_MS = 60_000;

/**
 * All that may have caused what is known to differ, the latest first; undefined when nothing was added. What happened after it was
 * seen cannot have caused it.
 */
export function withLate(
  { status, seenAt, attributions: known }: Pick<DriftRecord, "status" | "seenAt" | "attributions">,
  candidates: readonly Attribution[],
): readonly Attribution[] | undefined {
  if (status !== "open") return undefined;
  const ids = new Set(known.map(({ eventId }) => eventId));
  const latest = seenAt.getTime() + CLOCKS_MS;
  const late = candidates.filter(({ eventId, time }) => !ids.has(eventId) && time.getTime() <= latest);
  if (late.length === 0) return undefined;
  return [...known, ...late].sort((a, b) => b.time.getTime() - a.time.getTime());
}
