/** One step of a playbook, as what it does is told to those who do it. */
import type { Playbook, PlaybookStep } from "../../../alerts/playbooks/playbook.ts";
import type { DriftInStack } from "../../../watch/driftInStack.ts";
import type { PlaybookRun } from "../../../watch/playbookRun.ts";
import type { OutboxEntry, WatchRecords } from "../../../watch/records.ts";
import type { CheckJob } from "../../watch/checking.ts";
import type { PlaybookContext } from "../playbookContext.ts";

export interface Deed<Step = PlaybookStep> {
  readonly context: PlaybookContext;
  readonly playbook: Playbook;
  readonly run: PlaybookRun;
  /** From 0. */
  readonly index: number;
  readonly step: Step;
  readonly found: DriftInStack;
  /** The same whenever it is tried: what was done under it is not done again. */
  readonly key: string;
  /** Its signal ends with the time of the step. */
  readonly job: CheckJob;
}

export interface Done {
  /** `stopped`: the rest is not needed. */
  readonly kind: "done" | "stopped";
  readonly message: string;
  /** For the ledger. */
  readonly content?: OutboxEntry["content"];
  /** Done with the outcome, or not at all. */
  readonly within?: (records: WatchRecords) => Promise<void>;
}
