/** What the use cases of the watch share. */
import type { IdentityRule } from "../../activity/identities.ts";
import type { Warning } from "../../domain/errors.ts";
import type { WatchMeter } from "../../watch/meter.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { WatchedStack } from "../../watch/stack.ts";
import type { RulesInForce } from "../policy/rulesInForce.ts";
import type { SearchTrails } from "./searching.ts";
import type { HotStack, StackSpec } from "./stacks/hotStack.ts";
import type { DeliverySettings } from "./watchSettings.ts";

export interface WatchContext {
  readonly records: WatchRecords;
  readonly stacks: WatchedStacks;
  /** Those that are in force at the moment. */
  readonly identities: () => readonly IdentityRule[];
  readonly rules: RulesInForce;
  readonly meter: WatchMeter;
  readonly now: () => Date;
  /** Another unique text at each call. */
  readonly newId: () => string;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly searchTrails: SearchTrails;
  readonly onWarning: (warning: Warning) => void;
}

/** Stacks as they can be read. */
export interface WatchedStacks {
  /**
   * Does the work on the stack, which is loaded where it is not held.
   * @throws AnchorwatchError why it cannot be read
   */
  with<Result>(
    stack: WatchedStack,
    signal: AbortSignal,
    work: (hot: HotStack, spec: StackSpec) => Promise<Result>,
  ): Promise<Result>;
  deliveryOf(stack: WatchedStack): DeliverySettings;
}
