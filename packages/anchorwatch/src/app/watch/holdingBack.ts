/** A deployment changes the cloud first and writes its state in the end: it is given two minutes for that, and no longer. */
import type { Attribution } from "../../domain/actor.ts";

const PATIENCE_MS = 120_000;

/**
 * Whether what drifts may be a deployment that goes on.
 * @param since when the first of its events was received; undefined: nobody waits for it, and the events' own times count
 */
export function mayBeDelivering(
  attributions: readonly Attribution[],
  since: Date | undefined,
  now: Date,
): boolean {
  const [latest] = attributions;
  if (latest === undefined || !attributions.every(({ isDelivery }) => isDelivery)) return false;
  return now.getTime() - (since ?? latest.time).getTime() < PATIENCE_MS;
}
