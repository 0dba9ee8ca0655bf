/** What was decided about one action, and why. */
import type { Labels } from "../../domain/labels.ts";
import type { InstallationAction, LabelledAction } from "../action.ts";
import type { Policy } from "./policy.ts";

/** May he do that, to something with these labels? */
export type Question =
  | { readonly action: InstallationAction }
  | { readonly action: LabelledAction; readonly labels: Labels };

export interface Decision {
  readonly allowed: boolean;
  /** When allowed, the policies that permit it; when not, those that forbid it. Neither: nothing permits it. */
  readonly because: readonly Policy[];
  /** Policies that could not be evaluated. Then nothing is allowed: one of them may forbid it. */
  readonly failures: readonly Failure[];
  /** The token may less than whoever it belongs to. */
  readonly limited: boolean;
}

export interface Failure {
  /** Absent: it was none of them, the whole question failed. */
  readonly policy?: Policy;
  readonly message: string;
}
