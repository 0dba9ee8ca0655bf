/**
 * What alerts need kept, as the rest of the program asks for it; `store` keeps it in PostgreSQL. Times are the caller's. Everything here
 * may be called inside `transaction`, and then is all or nothing with the rest of it.
 */
import type { JsonObject } from "../domain/jsonValue.ts";
import type { LabelSetKey } from "../domain/labels.ts";
import type { Alert, AlertId, Member, MemberCounts } from "./alert.ts";
import type { Reference } from "./channel.ts";
import type { Told } from "./conversation/telling.ts";
import type { RecentAlert } from "./grouping/group.ts";

export interface AlertRecords {
  readonly alerts: KeptAlerts;
  readonly deliveries: DeliveryRecords;
  readonly outbox: OutboxOfAlerts;
  transaction<Result>(work: (records: AlertRecords) => Promise<Result>): Promise<Result>;
}

/** Entries for the ledger, in the form of the watch's outbox: the same id, put twice, is one. */
export interface OutboxOfAlerts {
  put(
    entries: readonly { readonly id: string; readonly entry: JsonObject; readonly content: readonly [] }[],
  ): Promise<void>;
}

/** Something became different in a drift, or in what no stack has, and nobody has looked yet at what that means for alerts. */
export interface DriftChange {
  readonly number: number;
  readonly drift: string;
}

export interface KeptAlerts {
  /** What has changed, oldest first; it stays until `seen`. */
  changes(limit: number): Promise<readonly DriftChange[]>;
  seen(numbers: readonly number[]): Promise<void>;
  /** Those that are open, and began or were joined since then; the newest first. */
  recent(since: Date): Promise<readonly RecentAlert[]>;
  /** Of each of these drifts the alert that it was in last. */
  ofDrifts(drifts: readonly string[]): Promise<ReadonlyMap<string, AlertId>>;
  /** In the order of their ids, so that two who lock do not wait for each other. */
  lock(ids: readonly AlertId[]): Promise<readonly Alert[]>;
  save(alerts: readonly SavedAlert[]): Promise<void>;
  /** Channels are added to those that a member had: whoever was told of it is told of its end. */
  saveMembers(members: readonly (Member & { readonly alert: AlertId })[]): Promise<void>;
  /** Of all their members. */
  counts(ids: readonly AlertId[]): Promise<ReadonlyMap<AlertId, MemberCounts>>;
  /** Of drifts that one channel is told of, or that somebody may see. */
  countsOf(id: AlertId, part: MemberPart): Promise<MemberCounts | undefined>;
  /** Open ones first, the worst first, then by when they joined. */
  members(id: AlertId, part: MemberPart, limit: number): Promise<readonly MemberId[]>;
  /** Names of channels that some of these drifts lead to, at once or further up. */
  channelsOf(id: AlertId, part: MemberPart): Promise<readonly string[]>;
  /** Distinct sets of labels of the stacks and accounts of all its drifts. */
  labelSets(id: AlertId): Promise<readonly LabelSetKey[]>;
  /** Those whose next moment has come. */
  due(now: Date, limit: number): Promise<readonly AlertId[]>;
  nextMoment(): Promise<Date | undefined>;
  /** Undefined also when none of its drifts is visible. */
  byId(id: AlertId, visible?: VisibleAlerts): Promise<Alert | undefined>;
  /** The newest change first. Visible are those of which a drift is. */
  list(filter: AlertFilter & AlertPage & VisibleAlerts): Promise<readonly Alert[]>;
  /** Those that were over before then, with what channels were told of them; the ledger keeps both. @returns how many */
  forget(before: Date): Promise<number>;
}

/** With what it is found by. */
export interface SavedAlert {
  readonly alert: Alert;
  /** See `causeKey`. */
  readonly key: string;
  /** Of its first drift: what storms are counted by. Absent: it is known already. */
  readonly first?: { readonly stack: string; readonly principal?: string };
  readonly nextMoment: Date | undefined;
}

export type MemberPart =
  | { readonly channel: string; readonly alsoOf?: readonly AlertId[] }
  | { readonly visible: AlertVisibility | undefined };

export interface MemberId {
  readonly id: string;
  /** It is in an account, and no stack has it. */
  readonly isUnmanaged: boolean;
}

/** Drifts of stacks, and what is in accounts, that have these sets of labels. */
export interface AlertVisibility {
  readonly stacks: readonly LabelSetKey[];
  readonly accounts: readonly LabelSetKey[];
}

/** Absent: everything is visible. */
export interface VisibleAlerts {
  readonly visible?: AlertVisibility;
}

export interface AlertFilter {
  readonly status?: Alert["status"];
  /** At least. */
  readonly severity?: Alert["severity"];
  readonly class?: Alert["class"];
  /** One of its drifts is of that stack. */
  readonly stack?: string;
  readonly drift?: string;
  /** `true`: somebody has. */
  readonly isAcknowledged?: boolean;
}

export interface AlertPage {
  readonly limit: number;
  readonly after?: { readonly value: string; readonly id: string };
}

/** What one channel is told of one alert. */
export interface DeliveryRecord {
  readonly alert: AlertId;
  readonly channel: string;
  /** Counts up whenever there may be something to tell. */
  readonly wanted: number;
  /** Up to which somebody has looked. */
  readonly looked: number;
  /** When to look again, whatever is wanted. */
  readonly lookAt?: Date;
  readonly told?: Told;
  /** What finds its message again. */
  readonly reference?: Reference;
  /** Another alert's message speaks of this one: both were held back, and told as one. */
  readonly toldIn?: AlertId;
  /** It waited for the end of quiet hours. */
  readonly heldSince?: Date;
  /** In a row, since it worked last. */
  readonly failures: number;
  readonly failingSince?: Date;
  readonly problem?: string;
  /** It is not tried any more, until somebody wants it sent again, or there is something else to tell. */
  readonly deadAt?: Date;
}

export interface DeliveryRecords {
  /** Somebody has to look whether these channels are to be told of it. */
  want(wanted: readonly { readonly alert: AlertId; readonly channels: readonly string[] }[]): Promise<void>;
  /** The same, for all channels that were told of it, or of one that speaks of it as well. */
  wantAll(alerts: readonly AlertId[]): Promise<void>;
  /** Of a channel, those that are to be looked at now. */
  due(channel: string, now: Date, limit: number): Promise<readonly DeliveryRecord[]>;
  nextLook(channel: string): Promise<Date | undefined>;
  /** Writes what became of it; what was wanted meanwhile stays wanted. */
  settle(record: DeliveryRecord): Promise<void>;
  /** Alerts that the message of this one speaks of as well. */
  toldWith(alert: AlertId, channel: string): Promise<readonly AlertId[]>;
  ofAlert(alert: AlertId): Promise<readonly DeliveryRecord[]>;
  /** The newest first. */
  dead(filter: { readonly channel?: string } & AlertPage): Promise<readonly DeliveryRecord[]>;
  /** To be tried again. @returns how many */
  revive(filter: { readonly channel?: string; readonly alert?: AlertId }): Promise<number>;
  /** Those of channels that are not there any more are dead. @param channels that there are */
  buryOthers(channels: readonly string[], now: Date, problem: string): Promise<number>;
  totals(): Promise<readonly ChannelTotals[]>;
}

export interface ChannelTotals {
  readonly channel: string;
  readonly waiting: number;
  readonly failing: number;
  readonly dead: number;
  readonly lastToldAt?: Date;
}
