/** What tells that a stack is still looked at as a whole. */
import type { DetectorBeat } from "../../watch/records.ts";
import type { WatchedStack } from "../../watch/stack.ts";

/** What a sweep may take longer than its interval before its detector counts as dead. */
const PATIENCE = 2;
const LEAST_PATIENCE_MS = 5 * 60_000;

export function stackDetector({
  name,
  sweepEveryMs,
}: Pick<WatchedStack, "name" | "sweepEveryMs">): Pick<DetectorBeat, "name" | "expectedWithinMs"> {
  return {
    name: `stack:${name}`,
    expectedWithinMs: Math.max(LEAST_PATIENCE_MS, PATIENCE * sweepEveryMs),
  };
}

/** Before its first sweep: one that never ends is to be told as well. */
export function expectedDetector(
  stack: Pick<WatchedStack, "name" | "sweepEveryMs">,
  at: Date,
): Pick<DetectorBeat, "name" | "at" | "expectedWithinMs"> {
  return { ...stackDetector(stack), at };
}
