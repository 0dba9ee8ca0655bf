/** A state that somebody wrote: whether it came from the stack's own delivery, and from the code that is watched. */
import type { Attribution } from "../domain/actor.ts";

/** Stands for the state itself among the addresses of a stack. No resource is called so. */
export const STATE_ADDRESS = "(state)";

/**
 * `delivered`: by the stack's delivery, and nothing in it contradicts the watched code. `foreign_writer`: by somebody else. `other_code`: it
 * records what the watched code does not say. `unknown_writer`: nothing tells who wrote it.
 */
export type DeploymentFinding = "delivered" | "foreign_writer" | "other_code" | "unknown_writer";

export interface WrittenState {
  /** Who touched the state since it was last read, the latest first. */
  readonly writers: readonly Attribution[];
  /** The operator says who delivers. */
  readonly hasDelivery: boolean;
  /** Resources whose record is not what the code says, and was before, or was not there. */
  readonly contradicting: readonly string[];
}

/** Somebody else among the writers counts: of a state that two wrote, nobody knows whose values are in it. */
export function findingOf({ writers, hasDelivery, contradicting }: WrittenState): DeploymentFinding {
  if (hasDelivery && writers.some(({ isDelivery }) => !isDelivery)) return "foreign_writer";
  if (contradicting.length > 0) return "other_code";
  return hasDelivery && writers.length > 0 ? "delivered" : "unknown_writer";
}
