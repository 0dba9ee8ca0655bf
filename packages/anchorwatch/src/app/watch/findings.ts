/** What a check found, with all that is needed to record it. */
import type { Attribution } from "../../domain/actor.ts";
import type { CheckResult, CheckTrigger } from "../../domain/check.ts";
import type { Marked } from "../../terraform/read/marked.ts";
import type { Remembered } from "../../terraform/read/remembered.ts";
import type { WholeValues } from "../../terraform/read/whole.ts";
import type { ResourceClaim } from "../../watch/claim.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackStatus, StateMark } from "../../watch/stack.ts";
import type { StackRules } from "../policy/stackJudge.ts";
import type { Attribute } from "./attributing.ts";
import type { NewState } from "./deploying.ts";
import type { Left } from "./leaving.ts";

export interface Findings {
  readonly status: StackStatus;
  readonly trigger: CheckTrigger;
  readonly result: CheckResult;
  readonly state: StateMark;
  readonly revision: string | undefined;
  /** Everything was looked at, not some addresses. */
  readonly isSweep: boolean;
  readonly marked: ReadonlyMap<string, Marked>;
  /** By `wholeKey`: all of what differs. */
  readonly wholes: ReadonlyMap<string, WholeValues>;
  /** What is in force for the stack. */
  readonly rules: StackRules;
  /** The marks that the check asked about: another check may have changed them since. */
  readonly remembered: Remembered;
  readonly left: Pick<Left, "sights" | "moved">;
  /** Absent: the state is the one that was known. */
  readonly newState: NewState | undefined;
  /** Absent: what it has in common with other stacks is known. */
  readonly claims?: readonly ResourceClaim[] | undefined;
  /** The operator says who delivers. */
  readonly hasDelivery: boolean;
  /** Who may have caused it, the likeliest first. */
  readonly attribute: Attribute;
  /** What causes a drift that is new happened since then; undefined where the stack was never seen whole. */
  readonly causesSince: Date | undefined;
  /** Throws when what was found is another's to record by now. */
  readonly hold: (records: WatchRecords) => Promise<void>;
  /** Not told yet, and looked at again: a deployment that has not written its state. */
  readonly isHeldBack: (address: string, attributions: readonly Attribution[]) => boolean;
}
