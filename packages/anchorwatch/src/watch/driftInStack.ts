/** Drifts with the stacks that they are in. */
import type { DriftRecord } from "./drift.ts";
import type { WatchedStack } from "./stack.ts";
import type { Tellable } from "./tellable.ts";

export interface DriftInStack extends Omit<Tellable, "account" | "seen"> {
  readonly drift: DriftRecord;
  readonly stack: WatchedStack;
}

export interface DriftsInStacks {
  /** In no order; none of those that there are not. Made for hundreds at once. */
  byIds(ids: readonly string[]): Promise<readonly DriftInStack[]>;
}
