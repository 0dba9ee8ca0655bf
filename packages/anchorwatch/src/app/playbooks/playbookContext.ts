import type { Channel } from "../../alerts/channel.ts";
import type { GroupSettings } from "../../alerts/grouping/group.ts";
import type { Playbook } from "../../alerts/playbooks/playbook.ts";
import type { Actor } from "../../domain/actor.ts";
import type { Warning } from "../../domain/errors.ts";
import type { SendOptions } from "../../jobs/jobs.ts";
import type { DriftsInStacks } from "../../watch/driftInStack.ts";
import type { CallId } from "../../watch/playbookCall.ts";
import type { PlaybookRun } from "../../watch/playbookRun.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { WatchContext } from "../watch/watchContext.ts";

/** What the use cases of playbooks work with. */
export interface PlaybookContext {
  readonly records: WatchRecords;
  readonly drifts: DriftsInStacks;
  /** For a second read. */
  readonly watch: WatchContext;
  /** Those that are in force at the moment. */
  readonly playbooks: () => readonly Playbook[];
  /** Opened as the operator's file says now; undefined: it has none of that name. */
  readonly channel: (name: string) => Channel | undefined;
  /** What is told as one. */
  readonly grouping: () => GroupSettings;
  /** Whether the operator keeps that role for emergencies. */
  readonly isBreakGlass: (actor: Actor) => boolean;
  /** Queues the job of a step, counted from 0. */
  readonly sendStep: (
    run: Pick<PlaybookRun, "id" | "steps">,
    step: number,
    options?: SendOptions,
  ) => Promise<void>;
  /** Queues a look at what was told, whether something else is to be told of it. */
  readonly sendCall: (call: CallId, options?: SendOptions) => Promise<void>;
  /** Where the server is, without a slash at its end. */
  readonly origin: () => string;
  readonly now: () => Date;
  /** Another unique text at each call. */
  readonly newId: () => string;
  readonly onWarning: (warning: Warning) => void;
}
