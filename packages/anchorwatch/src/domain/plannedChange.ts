/** What a deployment would change, as its plan says it. Secrets are masked before it comes here. */
import type { Change } from "./check.ts";
import type { JsonObject } from "./jsonValue.ts";

/** `forget`: it goes on running, and no state has it any more. `adopt`: it runs already, and comes into the state as it is. */
export type PlannedAction = "create" | "update" | "delete" | "replace" | "forget" | "adopt";

export interface PlannedChange {
  readonly address: string;
  /** It is moved from there. */
  readonly previousAddress?: string;
  readonly type: string;
  readonly provider: string;
  /** Empty: it is not there yet, or the plan does not say. */
  readonly id: string;
  /** Key of an object that a replacement left behind. */
  readonly deposed?: string;
  readonly action: PlannedAction;
  /** {} where there is nothing. Numbers that a double cannot hold are texts. */
  readonly before: JsonObject;
  /** What is known after apply only is missing, or {@link NOT_KNOWN} in the middle of something that is known. */
  readonly after: JsonObject;
  readonly changes: readonly Change[];
  /** Paths of what is known after apply only. */
  readonly notKnown: readonly string[];
}

/** What a deployment would change outside of its own plan: somebody changed it, and this would put it back. */
export interface PlannedUndoing {
  readonly address: string;
  /** Attributes, `ingress`. */
  readonly attributes: readonly string[];
}

export interface DeploymentPlan {
  readonly engine: "terraform" | "cloudformation";
  /** How it is called in messages: its file. */
  readonly name: string;
  readonly changes: readonly PlannedChange[];
  readonly undoing: readonly PlannedUndoing[];
}

export const NOT_KNOWN = "(known after apply)";
