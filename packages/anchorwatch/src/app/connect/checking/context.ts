import { AnchorwatchError } from "../../../domain/errors.ts";
import type { ConnectNames, ConnectOptions } from "../connectOptions.ts";
import type { PrincipalCalls, RoleCalls } from "./calls.ts";
import type { Step } from "./step.ts";

/** What the steps work with, and what earlier ones leave for later ones. */
export interface CheckContext {
  readonly options: ConnectOptions;
  readonly names: ConnectNames;
  readonly externalId: string;
  readonly calls: PrincipalCalls;
  readonly now: () => Date;
  /** Another unique text at each call. */
  readonly newId: () => string;
  /** Of the test event, in milliseconds. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  readonly sessions: { read?: RoleCalls; executor?: RoleCalls };
}

export type ConnectStep = Step<CheckContext>;

/** The session that an earlier step began; steps name that one in `needs`. */
export function readSession({ sessions }: CheckContext): RoleCalls {
  if (sessions.read !== undefined) return sessions.read;
  throw new AnchorwatchError("internal", "a step of the check reads before there is a session");
}
