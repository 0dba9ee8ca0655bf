/** A place where people are told: what each kind of channel can do. Implementations are in `channels/`. */
import type { JsonObject } from "../domain/jsonValue.ts";
import type { AlertMessage } from "./message/message.ts";

/** What finds the message, incident or issue again; the channel's own, kept for it: a Slack timestamp, an issue's number. */
export type Reference = Readonly<Record<string, string>>;

export interface Channel {
  readonly name: string;
  readonly kind: ChannelKind;
  /** Messages of this channel can be changed after they were sent. Otherwise a change of weight is a new message. */
  readonly updates: boolean;
  /**
   * Sends, changes or ends what it says of one alert. The same `key` twice has one effect, as far as the receiver can tell.
   * @throws ChannelFailure
   */
  deliver(delivery: Delivery, signal: AbortSignal): Promise<Delivered>;
  /**
   * Posts a question of a playbook, and gives what was answered. Absent: nobody answers there.
   * @throws ChannelFailure
   */
  ask?(question: Question, signal: AbortSignal): Promise<Answered>;
}

export interface Question {
  /** The same when it is asked again. */
  readonly key: string;
  /** What it is about, as of CloudEvents: `anchorwatch.playbook.step`, and a path below the server. */
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly time: Date;
  readonly data: JsonObject;
}

/** 2xx; the text is another's. */
export interface Answered {
  readonly status: number;
  readonly text: string;
}

export type ChannelKind =
  | "slack"
  | "teams"
  | "mail"
  | "pagerduty"
  | "opsgenie"
  | "github"
  | "gitlab"
  | "webhook"
  | "siem";

export interface Delivery {
  /** Another for each content; the same when it is tried again. */
  readonly key: string;
  readonly step: "open" | "update" | "acknowledge" | "resolve";
  readonly message: AlertMessage;
  /** Absent: nothing was sent of this alert yet. */
  readonly reference?: Reference;
}

export interface Delivered {
  readonly reference: Reference;
}

/** Why it did not arrive. Never holds a secret or an address with one. */
export class ChannelFailure extends Error {
  override readonly name = "ChannelFailure";
  /** `again`: try later, not before `afterMs`. `never`: it would be refused again; it becomes a dead letter. */
  readonly retry: "again" | "never";
  readonly afterMs: number | undefined;

  constructor(
    message: string,
    retry: "again" | "never",
    details: { readonly afterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.retry = retry;
    this.afterMs = details.afterMs;
  }
}
