/** What the team has agreed on: when a drift does this, and that holds, these steps are taken in order. */
import type { DriftClass, Severity } from "../../domain/classification.ts";
import type { Labels } from "../../domain/labels.ts";
import type { PlaybookEvent } from "../../domain/playbookEvent.ts";
import type { Condition } from "../../policy/condition.ts";

export interface Playbook {
  readonly name: string;
  /** Equal as long as it says the same. */
  readonly digest: string;
  readonly on: readonly PlaybookEvent[];
  readonly when: PlaybookCondition;
  readonly steps: readonly PlaybookStep[];
}

/** All that is given must be so. */
export interface PlaybookCondition {
  /** At least. */
  readonly severity?: Severity;
  readonly class?: DriftClass;
  /** Of the stack; all of them. */
  readonly labels?: Labels;
  readonly holds?: Condition["holds"];
}

export type PlaybookStep = {
  /** For all tries together. */
  readonly timeoutMs: number;
  readonly onFailure: "continue" | "stop";
} & PlaybookDeed;

/**
 * `notify`, `page` and `incident` tell channels, each of the kinds that fit. `confirm` reads the resource again, and stops the run when the
 * drift is gone. `webhook` asks a program, whose answer says whether the run goes on.
 */
export type PlaybookDeed =
  | { readonly kind: TellingKind; readonly channels: readonly string[] }
  | { readonly kind: "freeze"; readonly forMs?: number; readonly reason: string }
  | { readonly kind: "confirm" }
  | { readonly kind: "snapshot" }
  | { readonly kind: "webhook"; readonly channel: string };

const TELLING_KINDS = ["notify", "page", "incident"] as const;
export type TellingKind = (typeof TELLING_KINDS)[number];

/** What a step does, in a sentence without its subject. */
export function whatItDoes(deed: PlaybookDeed): string {
  switch (deed.kind) {
    case "notify":
      return `tell ${deed.channels.join(", ")}`;
    case "page":
      return `page ${deed.channels.join(", ")}`;
    case "incident":
      return `open an incident with ${deed.channels.join(", ")}`;
    case "freeze":
      return `freeze deployments of the stack${deed.forMs === undefined ? " until somebody thaws it" : ` for ${shortTime(deed.forMs)}`}: ${deed.reason}`;
    case "confirm":
      return "read the resource again, and stop when it has not drifted any more";
    case "snapshot":
      return "put what is known of the drift into the ledger";
    case "webhook":
      return `ask ${deed.channel}, and wait for its answer`;
  }
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
] as const;

function shortTime(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => milliseconds % each === 0) ?? ["s", 1000];
  return `${milliseconds / size}${unit}`;
}
