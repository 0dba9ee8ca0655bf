/** What the watch counts while it works, for whoever keeps numbers. Nothing here may throw or take time. */
import type { CheckTrigger, Verdict } from "../domain/check.ts";
import type { DriftStep } from "./drift.ts";

export interface WatchMeter {
  /** A check that ended, of a whole stack or of some addresses. */
  checked(check: MeteredCheck): void;
  /** A batch that came from a source and is stored. */
  received(batch: MeteredBatch): void;
  /** A post to a source that was not taken: `code` says why. */
  refused(post: { readonly source: string; readonly code: string }): void;
  /** An entry is in the ledger; it had waited for so many milliseconds since it was stored. */
  recorded(waitedMs: number): void;
  /** A trail's files were compared with its digests, as far as they were new. */
  trailChecked(check: MeteredTrail): void;
  /** A drift was opened, changed or closed. `sinceReceivedMs`: after its event was received, where one told of it. */
  stepped(step: { readonly kind: DriftStep["kind"]; readonly sinceReceivedMs?: number }): void;
}

export interface MeteredCheck {
  readonly trigger: CheckTrigger;
  readonly outcome: "complete" | "incomplete" | "failed";
  readonly durationMs: number;
  /** How many resources got each verdict; absent is none. */
  readonly verdicts: { readonly [verdict in Verdict]?: number };
}

export interface MeteredTrail {
  readonly source: string;
  /** That are right. */
  readonly digests: number;
  readonly logFiles: number;
  /** Kinds of findings that were not told before. */
  readonly findings: readonly string[];
}

export interface MeteredBatch {
  /** As the operator's file calls it. */
  readonly source: string;
  readonly changes: number;
  /** Reads, and calls that were refused. */
  readonly noChanges: number;
  readonly malformed: number;
  /** Of its changes that were there already. */
  readonly duplicates: number;
  /** From the time of each new change until it was received, in milliseconds. */
  readonly lagsMs: readonly number[];
}

/** For programs that keep no numbers. */
export const NO_METER: WatchMeter = {
  checked: () => {},
  received: () => {},
  refused: () => {},
  recorded: () => {},
  trailChecked: () => {},
  stepped: () => {},
};
