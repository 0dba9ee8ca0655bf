/** What people are told of: a drift of a stack, or something in an account that no stack has. */
import type { LabelSetKey } from "../domain/labels.ts";
import type { DriftRecord } from "./drift.ts";
import type { SeenResource } from "./seenResource.ts";
import type { StackId, WatchedStack } from "./stack.ts";
import type { UnmanagedId, UnmanagedRecord } from "./unmanaged.ts";

export interface Tellable {
  readonly drift: TellableDrift;
  readonly stack: Pick<WatchedStack, "id" | "name" | "engine" | "labels" | "origin">;
  /** Name of the account that it is in: no stack has it. What rules and routes know as its stack stands for the account. */
  readonly account?: string;
  readonly labelSet: LabelSetKey;
  /** Commit of the code that was read last. */
  readonly revision?: string;
  /** Where its resources run, as far as that is known. */
  readonly regions: readonly string[];
  /** What it is classified from. Absent: that is kept elsewhere. */
  readonly seen?: SeenResource;
}

type Told =
  | ("address" | "type" | "status" | "verdict" | "digest")
  | ("openedAt" | "entryId" | "found" | "attributions");

export type TellableDrift = Pick<DriftRecord, Told | "classification" | "excepted" | "end"> & {
  readonly id: DriftRecord["id"] | UnmanagedId;
  /** Why it is over, in a few words, where `end` does not say it. */
  readonly because?: string;
};

export interface Tellables {
  /** In no order; none of those that there are not. Made for hundreds at once. */
  byIds(ids: readonly string[]): Promise<readonly Tellable[]>;
}

/** With the labels of the account. */
export interface UnmanagedInAccount {
  readonly record: UnmanagedRecord;
  readonly labels: Readonly<Record<string, string>>;
  readonly labelSet: LabelSetKey;
}

export interface UnmanagedInAccounts {
  /** In no order; none of those that there are not, or that are shown to nobody yet. */
  byIds(ids: readonly string[]): Promise<readonly UnmanagedInAccount[]>;
}

/** By which an account is told apart from stacks. */
export function accountId(account: string): StackId {
  return `account/${account}` as StackId;
}
