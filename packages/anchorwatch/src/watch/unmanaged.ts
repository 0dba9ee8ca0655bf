/** What runs in an account and no stack has: one record each, opened, accepted, closed. */
import type { Attribution } from "../domain/actor.ts";
import type { AuditEvent } from "../domain/auditEvent.ts";
import type { Classification, DriftClass, Severity } from "../domain/classification.ts";
import type { JsonObject } from "../domain/jsonValue.ts";
import type { LabelSetKey, Labels, Visible } from "../domain/labels.ts";
import type { Page } from "./page.ts";
import type { StackId } from "./stack.ts";

export type UnmanagedId = string & { readonly __brand: "UnmanagedId" };

/**
 * `held`: seen, and young enough to be a deployment whose state is not written yet; shown to nobody. `accepted`: part of the baseline;
 * what is told of it has not changed since.
 */
export type UnmanagedStatus = "held" | "open" | "accepted" | "closed";

/** `gone`: it does not run any more. `managed`: a stack has it now. `left_out`: a rule says so now. `not_searched`: the operator's file does not name the place any more. */
export type UnmanagedEnd = "gone" | "managed" | "left_out" | "not_searched";

export interface UnmanagedRecord {
  readonly id: UnmanagedId;
  /** As the operator's file calls the account. */
  readonly account: string;
  readonly region: string;
  /** With `type`, `importId` and account, its identity. */
  readonly type: string;
  readonly importId: string;
  readonly arn?: string;
  /** Whoever asked for it: service, and region. Closed only when all of that could be asked. */
  readonly unit: string;
  readonly parent?: { readonly type: string; readonly id: string };
  readonly status: UnmanagedStatus;
  /** Equal as long as nothing of it changed that matters. */
  readonly digest: string;
  /** Masked. */
  readonly attributes: JsonObject;
  readonly tags: JsonObject;
  readonly createdAt?: Date;
  readonly firstSeenAt: Date;
  readonly openedAt?: Date;
  readonly seenAt: Date;
  /** When something of it became different for people. */
  readonly updatedAt: Date;
  readonly closedAt?: Date;
  readonly end?: UnmanagedEnd;
  /** Why it ended, in a sentence that everybody may read who may see the account. */
  readonly because?: string;
  /** How often it was opened. */
  readonly times: number;
  /** Who made or changed it, latest first. */
  readonly attributions: readonly Attribution[];
  readonly accepted?: Acceptance;
  /** Why it matters. Absent: of a time before there were rules, or held. */
  readonly classification?: Classification;
  /** Of the ledger's entry that opened it, this time. */
  readonly entryId?: string;
}

export interface Acceptance {
  readonly at: Date;
  /** Of the user. */
  readonly by: string;
  readonly byName?: string;
  readonly reason: string;
}

/** What a search says of a thing. */
export type UnmanagedSight =
  | { readonly kind: "unmanaged"; readonly digest: string; readonly isSure: boolean }
  | { readonly kind: "ended"; readonly end: UnmanagedEnd };

export type UnmanagedStep =
  | "none"
  /** Only the time at which it was seen. */
  | "seen"
  | "held"
  | "opened"
  | "reopened"
  | "updated"
  /** It was accepted, and is not what was accepted any more. */
  | "rearmed"
  | "closed"
  /** It was never told, and needs not to be. */
  | "forgotten";

/** What becomes of the one record of a thing. `isSure`: it is no deployment that goes on. */
export function stepUnmanaged(
  known: Pick<UnmanagedRecord, "status" | "digest"> | undefined,
  sight: UnmanagedSight,
): UnmanagedStep {
  if (sight.kind === "ended") {
    if (known === undefined || known.status === "closed") return "none";
    return known.status === "held" ? "forgotten" : "closed";
  }
  switch (known?.status) {
    case undefined:
      return sight.isSure ? "opened" : "held";
    case "held":
      return sight.isSure ? "opened" : "seen";
    case "closed":
      return "reopened";
    case "open":
      return known.digest === sight.digest ? "seen" : "updated";
    case "accepted":
      return known.digest === sight.digest ? "seen" : "rearmed";
  }
}

/** An account that is searched. */
export interface SearchedAccount {
  readonly name: string;
  readonly labels: Labels;
  readonly labelSet: LabelSetKey;
  /** Its number, once it is known. */
  readonly account?: string;
  readonly regions: readonly string[];
  readonly nextSearchAt?: Date;
  /** The last search that came to its end. */
  readonly search?: AccountSearch;
}

/** What a search looked at. What it could not look at is unknown, and never “nothing”. */
export interface AccountSearch {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly isComplete: boolean;
  /** Things that run, those that some stack has, and those that are left out, by rule. */
  readonly things: number;
  readonly managed: number;
  /** Of those, the ones that are known by a name alone, since the stack does not tell its account. */
  readonly managedByGuess: number;
  /** Stacks whose states could never be read: what they have is told as unmanaged. */
  readonly unreadStacks: number;
  /** Told already, as drifts of the stacks whose states they left. */
  readonly drifts: number;
  readonly unmanaged: number;
  readonly leftOut: Readonly<Record<string, number>>;
  readonly units: readonly SearchedUnit[];
  readonly calls: number;
  /** Of the time, what was spent waiting for answers. */
  readonly waitedMs: number;
}

export interface SearchedUnit {
  readonly service: string;
  readonly region: string;
  readonly seen: number;
  readonly problems: readonly {
    readonly kind: "denied" | "failed";
    readonly permission: string;
    readonly message: string;
  }[];
  /** Of a provider of the stacks: types that it was asked for. */
  readonly listed?: readonly string[];
  /** Types that it lists only when it is told what to look for, each with a sentence. */
  readonly notListed?: readonly { readonly type: string; readonly because: string }[];
}

export interface DeclaredAccount {
  readonly name: string;
  readonly labels: Labels;
  readonly regions: readonly string[];
}

/** An event because of which something is looked for at once. */
export interface UnmanagedLook {
  readonly account: string;
  readonly event: AuditEvent;
  /** How often it was looked for already. */
  readonly tries: number;
}

export interface UnmanagedFilter {
  readonly account?: string;
  /** Absent: what is open or accepted. */
  readonly status?: Exclude<UnmanagedStatus, "held">;
  readonly type?: string;
  readonly region?: string;
  readonly class?: DriftClass;
  /** Exactly. */
  readonly severity?: Severity;
}

/** `severity`: the severest first, among equals what changed last. */
export type UnmanagedSort = "updatedAt" | "severity";

export interface UnmanagedTotals {
  readonly account: string;
  readonly open: number;
  readonly accepted: number;
}

export interface UnmanagedRecords {
  /** These are the accounts. What others had that were there before stays, and ends. */
  declareAccounts(accounts: readonly DeclaredAccount[], at: Date): Promise<void>;
  /** By name. */
  accounts(filter?: Visible): Promise<readonly SearchedAccount[]>;
  /** Of those that are declared: where a search is due, by name. */
  dueForSearch(now: Date): Promise<readonly string[]>;
  scheduleSearch(account: string, at: Date): Promise<void>;
  /** Keeps what a search looked at, and the number of the account. */
  searched(account: string, number: string, search: AccountSearch): Promise<void>;
  /** All of an account that has not ended, and those that ended of these keys; locked until the transaction ends. */
  lockKnown(account: string, keys: readonly string[]): Promise<readonly UnmanagedRecord[]>;
  save(records: readonly UnmanagedRecord[]): Promise<void>;
  seen(ids: readonly UnmanagedId[], at: Date): Promise<void>;
  /** Those that were held and were nothing. */
  forget(ids: readonly UnmanagedId[]): Promise<void>;
  byId(id: UnmanagedId, filter?: Visible): Promise<UnmanagedRecord | undefined>;
  /** Newest change first, unless it says otherwise. Pages of `severity` go by `weightOf`. */
  list(
    filter: UnmanagedFilter & { readonly sort?: UnmanagedSort } & Page & Visible,
  ): Promise<readonly UnmanagedRecord[]>;
  /** Of each account that was searched, by name. */
  totals(filter?: Visible): Promise<readonly UnmanagedTotals[]>;
  /** `waiting`: stacks that nobody has looked at yet. `unread`: those whose states could never be read. */
  stacksWithoutState(filter?: Visible): Promise<{ readonly waiting: number; readonly unread: number }>;
  /** Type and id of everything that is an open `unmanaged` drift of a stack: it is told there. */
  toldAsDrift(): Promise<
    readonly { readonly stackId: StackId; readonly type: string; readonly id: string }[]
  >;
  /** Where a stack has resources. */
  keepPlaces(
    stackId: StackId,
    places: { readonly accounts: readonly string[]; readonly regions: readonly string[] },
  ): Promise<void>;
  places(
    stackIds: readonly StackId[],
  ): Promise<
    ReadonlyMap<StackId, { readonly accounts: ReadonlySet<string>; readonly regions: ReadonlySet<string> }>
  >;
  wantLooks(
    looks: readonly { readonly account: string; readonly event: AuditEvent }[],
    at: Date,
  ): Promise<void>;
  /** Oldest first. They stay until they are settled. */
  dueLooks(account: string, now: Date, limit: number): Promise<readonly UnmanagedLook[]>;
  /** Accounts that have some. */
  waitingLooks(now: Date): Promise<readonly string[]>;
  /** @param again when they are due once more; absent: they are done */
  settleLooks(account: string, eventIds: readonly string[], again?: Date): Promise<void>;
}

/** Of a thing within its account. */
export function unmanagedKey({
  type,
  importId,
  region,
}: Pick<UnmanagedRecord, "type" | "importId" | "region">): string {
  return JSON.stringify([type, importId, region]);
}
