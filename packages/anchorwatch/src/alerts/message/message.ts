/** What people are told of one alert, before any channel gives it its form. Everything is masked already. */
import type { Classification, Severity } from "../../domain/classification.ts";
import type { Labels } from "../../domain/labels.ts";

export interface AlertMessage {
  /** Of the alert. */
  readonly id: string;
  readonly status: "open" | "acknowledged" | "snoozed" | "resolved";
  readonly severity: Severity;
  readonly class: Classification["class"];
  /** One line: what, where. */
  readonly title: string;
  /** Of a group the first ones, 10 at most. */
  readonly drifts: readonly AlertDrift[];
  /** All of them. */
  readonly total: number;
  readonly open: number;
  /** Of a group: what they have in common. */
  readonly cause?: string;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  readonly acknowledgedBy?: string;
  readonly snoozedUntil?: Date;
  /** Why it is over: `reverted`, `accepted until …`. */
  readonly resolution?: string;
  /** It is sent again, further up, since nobody answered. */
  readonly escalation?: number;
  /** What can be done, as far as the receiver may. */
  readonly actions: readonly AlertAction[];
}

export interface AlertDrift {
  readonly id: string;
  readonly stack: { readonly id: string; readonly name: string; readonly labels: Labels };
  /** Name of the account that it is in: no stack has it, and `stack` stands for the account. */
  readonly account?: string;
  /** Empty for what no stack knows. */
  readonly address: string;
  /** As the cloud calls it. */
  readonly resourceId?: string;
  readonly type: string;
  readonly verdict: "changed" | "deleted" | "unmanaged" | "absorbed";
  readonly status: "open" | "closed";
  readonly source?: { readonly file: string; readonly line: number; readonly url?: string };
  /** In the cloud's own console. */
  readonly consoleUrl?: string;
  /** Lines of a diff, as the terminal shows them: `- `, `+ `, `~ `. Cut, and says so. */
  readonly diff: readonly string[];
  readonly who?: {
    readonly name: string;
    readonly principal: string;
    readonly channel: string;
    readonly address?: string;
  };
  readonly when: Date;
  readonly event?: string;
  readonly classification?: Classification;
  /** Of the ledger's entry that opened it. */
  readonly entryId: string;
}

/** `url`: opens something that exists. `callback`: the channel's own button; channels without buttons leave it out. */
export interface AlertAction {
  readonly kind: "acknowledge" | "snooze" | "accept" | "open";
  readonly label: string;
  /** To accept: of what is shown. What it has become since is not accepted. */
  readonly digest?: string;
  readonly url?: string;
  readonly isCallback: boolean;
}
