/**
 * What the watch needs kept, as the rest of the program asks for it; `store` keeps it in PostgreSQL. Times are the caller's, and
 * exact to the millisecond. Everything here may be called inside `transaction`, and then is all or nothing with the rest of it.
 */
import type { AuditEvent } from "../domain/auditEvent.ts";
import type { CheckTrigger, Coverage } from "../domain/check.ts";
import type { DriftClass, Severity } from "../domain/classification.ts";
import type { JsonObject } from "../domain/jsonValue.ts";
import type { Labels, Visible } from "../domain/labels.ts";
import type { ClaimRecord } from "./claim.ts";
import type { AuthorSearch, DriftId, DriftRecord, DriftStep } from "./drift.ts";
import type { ExceptionRecords } from "./exception.ts";
import type { FreezeRecords } from "./freeze.ts";
import type { Page, PagePosition } from "./page.ts";
import type { PlaybookRecords } from "./playbookRun.ts";
import type { SeenResource } from "./seenResource.ts";
import type { StackHealth, StackId, StackStatus, StateMark, WatchedStack } from "./stack.ts";
import type { TrailRecords } from "./trail.ts";
import type { UnmanagedRecords } from "./unmanaged.ts";

export type { Page, PagePosition };

export interface WatchRecords {
  readonly stacks: StackRecords;
  readonly checks: CheckRecords;
  readonly drifts: DriftRecords;
  readonly exceptions: ExceptionRecords;
  readonly freezes: FreezeRecords;
  readonly playbooks: PlaybookRecords;
  readonly claims: ClaimRecords;
  readonly events: EventRecords;
  readonly actors: ActorRecords;
  readonly identifiers: IdentifierRecords;
  readonly resources: ResourceRecords;
  readonly looks: LookRecords;
  readonly outbox: OutboxRecords;
  readonly detectors: DetectorRecords;
  readonly trails: TrailRecords;
  readonly unmanaged: UnmanagedRecords;
  /** The work may be done again when the database says that it collided with another: it must have no other effects. */
  transaction<Result>(work: (records: WatchRecords) => Promise<Result>): Promise<Result>;
}

export interface StackRecords {
  /**
   * Makes the stacks of the configuration be these: new ones are added, changed ones changed, and those that are missing, and were
   * declared by configuration, are `gone`. A stack that comes back is added anew, with its drifts.
   * @throws AnchorwatchError `stack_name_taken` when one of the names was added by API
   */
  declare(stacks: readonly WatchedStack[], at: Date, how?: Declaring): Promise<Declared>;
  /** Of these names, those that stacks have that were added by API and are watched. */
  addedByApi(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** @throws AnchorwatchError `stack_name_taken` */
  add(stack: WatchedStack): Promise<void>;
  /** It is `gone`. False when there is no such stack. */
  remove(id: StackId): Promise<boolean>;
  /** By name, in code units, where nothing else is asked for; those that were never checked come last by time. */
  list(filter: StackFilter & Sorted<StackSort> & Page & Visible): Promise<readonly StackStatus[]>;
  totals(visible?: Visible): Promise<StackTotals>;
  /** Undefined also when it is not visible: found by the same statement. */
  byId(id: StackId, visible?: Visible): Promise<StackStatus | undefined>;
  byName(name: string): Promise<StackStatus | undefined>;
  /** When another stack was added under its name, after it was gone itself. Undefined: none was. */
  hadNameUntil(id: StackId): Promise<Date | undefined>;
  /** Of those that are not gone. */
  dueForSweep(now: Date, limit: number): Promise<readonly WatchedStack[]>;
  scheduleSweep(id: StackId, at: Date): Promise<void>;
  checked(id: StackId, check: CheckedStack): Promise<void>;
  /** Counts the failures in a row. */
  failed(id: StackId, failure: FailedStack): Promise<void>;
}

export interface StackFilter {
  readonly health?: StackHealth;
  readonly name?: string;
  readonly namePrefix?: string;
  /** All of them. */
  readonly labels?: Labels;
}

export type StackSort = "name" | "lastCheckAt";

export interface Declaring {
  /** Of those that are missing, the ones that stay as they are. Absent: none. */
  readonly keeps?: (missing: WatchedStack) => boolean;
  /** When those that are new, or come back, are looked at first. Absent: all at once. @param index among them, from 0 */
  readonly firstSweepAt?: (stack: WatchedStack, index: number) => Date;
}

/** What a declaration has changed. */
export interface Declared {
  /** New ones, and those that came back. */
  readonly added: readonly WatchedStack[];
  /** Of those that were added, the ones that had been gone. */
  readonly returned: readonly StackId[];
  readonly gone: readonly WatchedStack[];
}

export interface StackTotals {
  readonly stacks: { readonly [health in StackHealth]: number };
  readonly openDrifts: number;
  /** Of these, how many of each class and severity; those that an exception silences are counted apart. */
  readonly drifts: DriftTotals;
  /** Pairs of stacks that have the same resources. */
  readonly openClaims: number;
}

export interface DriftTotals {
  readonly classes: { readonly [name in DriftClass]: number };
  readonly severities: { readonly [name in Severity]: number };
  /** Nobody has classified them yet. */
  readonly unclassified: number;
  readonly excepted: number;
}

export interface CheckedStack {
  readonly startedAt: Date;
  readonly at: Date;
  readonly isComplete: boolean;
  readonly state: StateMark;
  readonly revision?: string;
  /** Of a whole sweep; absent after a look at some addresses, and then what was known stays. */
  readonly coverage?: Coverage;
  /** See {@link StackStatus}; absent after a look at some addresses, and then what was known stays. */
  readonly ignored?: string;
}

export interface FailedStack {
  readonly at: Date;
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** A check that found something, failed, or was asked for by a person. A sweep that finds everything as before leaves none. */
export interface CheckRecord {
  /** Also of the ledger's entry about it. */
  readonly id: string;
  readonly stackId: StackId;
  readonly trigger: CheckTrigger;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly outcome: "complete" | "incomplete" | "failed";
  readonly coverage?: Coverage;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The time is that of their end. */
export interface CheckFilter extends Between {
  readonly stackId?: StackId;
  readonly outcome?: CheckRecord["outcome"];
  readonly trigger?: CheckTrigger;
}

export interface CheckRecords {
  add(check: CheckRecord): Promise<void>;
  /** Newest first, by their end. */
  list(filter: CheckFilter & Page & Visible): Promise<readonly CheckRecord[]>;
  /** Forgets those that are older. Gives how many. */
  forget(before: Date): Promise<number>;
}

/** @param order `desc`: the greatest first */
export interface Sorted<Sort extends string> {
  readonly sort?: Sort;
  readonly order?: "asc" | "desc";
}

/** From that moment on, and before that one. */
export interface Between {
  readonly from?: Date;
  readonly to?: Date;
}

export interface DriftRecords {
  /**
   * Locked until the transaction ends: two checks of one stack take turns.
   * @throws AnchorwatchError `stack_unknown`
   */
  lockOpen(stackId: StackId): Promise<readonly DriftRecord[]>;
  /** The newest record of that resource, open or closed; locked as well. */
  lockResource(stackId: StackId, resource: string): Promise<DriftRecord | undefined>;
  /**
   * Writes the record as it is now, and adds the step to its history.
   * @param seen what it is classified from; absent: as it was. Of what is closed nothing is kept
   */
  save(drift: DriftRecord, step: DriftStep, seen?: SeenResource): Promise<void>;
  /** What is said of them is the same by the rules of now: no step in their lives. */
  judgedTheSame(drifts: readonly DriftRecord[]): Promise<void>;
  /** What they are classified from, as far as it was kept. */
  seenOf(ids: readonly DriftId[]): Promise<ReadonlyMap<DriftId, SeenResource>>;
  /** Stacks of which something else may have to be said by then, as time goes by. */
  dueForJudging(now: Date, limit: number): Promise<readonly StackId[]>;
  /** By which rules open drifts were classified, and what labels their stacks have now; without a digest: by none. */
  policies(): Promise<
    readonly { readonly stackId: StackId; readonly labels: Labels; readonly policy?: string }[]
  >;
  /** Keeps what the log files were asked about open drifts. */
  searched(ids: readonly DriftId[], search: AuthorSearch): Promise<void>;
  /** Open drifts that are as they were, seen under this state: no step in their lives. */
  seenUnder(ids: readonly DriftId[], state: StateMark): Promise<void>;
  /** Undefined also when it is not visible: found by the same statement. */
  byId(id: DriftId, visible?: Visible): Promise<DriftRecord | undefined>;
  /** Oldest first. */
  history(id: DriftId): Promise<readonly DriftStep[]>;
  /** Newest change first, where nothing else is asked for. */
  list(filter: DriftFilter & Sorted<DriftSort> & Page & Visible): Promise<readonly DriftRecord[]>;
}

/** The time is what the list is sorted by. */
export interface DriftFilter extends Between {
  readonly stackId?: StackId;
  readonly status?: "open" | "closed";
  readonly verdict?: DriftRecord["verdict"];
  readonly type?: string;
  readonly addressPrefix?: string;
  /** A principal or a person, exactly, that one of its attributions names. */
  readonly actor?: string;
  readonly class?: DriftClass;
  /** Exactly. */
  readonly severity?: Severity;
  /** Whether an exception silences it. */
  readonly excepted?: boolean;
}

/** `severity`: among equals by the last change. */
export type DriftSort = "updatedAt" | "openedAt" | "severity";

export interface ClaimRecords {
  /** Until the transaction ends, nobody else compares what stacks have in common: two new states at once would not see each other. */
  lock(): Promise<void>;
  /** Those that the stack has a part in. */
  open(stackId: StackId): Promise<readonly ClaimRecord[]>;
  save(claim: ClaimRecord): Promise<void>;
  /** Newest change first. Visible are those of which both stacks are. */
  list(
    filter: { readonly stackId?: StackId; readonly status?: ClaimRecord["status"] } & Page & Visible,
  ): Promise<readonly ClaimRecord[]>;
}

export interface StoredEvent extends AuditEvent {
  readonly receivedAt: Date;
  /** What it touched; empty: nothing that a stack knows, a candidate for something unmanaged. */
  readonly touched: readonly TouchedResource[];
}

export interface TouchedResource {
  readonly stackId: StackId;
  readonly address: string;
}

export interface EventFilter extends Between {
  readonly stackId?: StackId;
  /** Those that touched nothing that a stack knows. Absent: also. */
  readonly candidates?: "also" | "only" | "none";
  readonly principal?: string;
  readonly eventName?: string;
  readonly service?: string;
}

/** Somebody whom drifts or events name, as far as they are visible. */
export interface SeenActor {
  readonly principal: string;
  readonly person?: string;
  readonly lastSeenAt: Date;
  /** Of those that are kept and visible. */
  readonly drifts: number;
  readonly openDrifts: number;
}

export interface ActorRecords {
  /** Those that caused drifts, the latest first. */
  list(filter: { readonly search?: string } & Page & Visible): Promise<readonly SeenActor[]>;
}

/** A resource of a stack, and the drift of it that is open. */
export interface ListedResource extends KnownResource {
  readonly drift?: { readonly id: DriftId; readonly verdict: DriftRecord["verdict"] };
}

export interface EventRecords {
  /** Gives the ids of those that were not there before. Made for thousands at once. */
  receive(events: readonly AuditEvent[], receivedAt: Date): Promise<ReadonlySet<string>>;
  touched(touches: readonly ({ readonly eventId: string } & TouchedResource)[]): Promise<void>;
  /** Those that touched the resource in that time, newest first; a thousand at most. */
  ofResource(
    touched: TouchedResource,
    between: { readonly from: Date; readonly to: Date },
  ): Promise<readonly AuditEvent[]>;
  /**
   * Those of that time that name all of these, whether a stack knew them or not, newest first. It looks through the events that were
   * received last, 100,000 at most, and is made for the seldom case that no state has the resource.
   */
  naming(
    identifiers: readonly string[],
    between: { readonly from: Date; readonly to: Date },
  ): Promise<readonly AuditEvent[]>;
  /**
   * Newest first, by when they were received. Of what an event touched only what is visible is told; with `visible`, one that touched
   * nothing visible is not there, and candidates only with `candidates: "also"` or `"only"`.
   */
  list(filter: EventFilter & Page & Visible): Promise<readonly StoredEvent[]>;
  /** Forgets those that are older and touched nothing. Gives how many. */
  forgetCandidates(before: Date): Promise<number>;
  /** Forgets those that are older and touched something, with what they touched. Drifts keep their actors. Gives how many. */
  forgetTouching(before: Date): Promise<number>;
}

/** `own`: it is the resource's name. `reference`: the resource only speaks of it. */
export interface Identifier {
  readonly identifier: string;
  readonly address: string;
  readonly kind: "own" | "reference";
}

export interface IdentifierRecords {
  /** All those of a stack; what was there before is gone. Made for 100,000 at once. */
  replace(stackId: StackId, identifiers: readonly Identifier[]): Promise<void>;
  /** Made for 10,000 at once. */
  find(identifiers: readonly string[]): Promise<readonly (Identifier & { readonly stackId: StackId })[]>;
}

/** A resource that a state has, as far as it can be found again without it. */
export interface KnownResource {
  readonly address: string;
  readonly type: string;
  /** Source address of the provider. */
  readonly provider: string;
  readonly id: string;
  /** Its code was not deployed when it was last looked at as a whole. */
  readonly pending?: boolean;
}

/** What the state that was read last has: what is in the next one no more was taken out of it. */
export interface ResourceRecords {
  replace(stackId: StackId, resources: readonly KnownResource[]): Promise<void>;
  list(stackId: StackId): Promise<readonly KnownResource[]>;
  /** By address, in code units; position by address alone, `id` is empty. */
  listed(
    filter: { readonly stackId: StackId; readonly type?: string; readonly addressPrefix?: string } & Page,
  ): Promise<readonly ListedResource[]>;
}

/** A resource that has to be looked at because of events. One for each resource: bursts are merged. */
export interface WantedLook extends TouchedResource {
  readonly dueAt: Date;
  /** How often it was looked at since the last event. */
  readonly round: number;
  /** Of the first event that is not accounted for: where attribution and lag begin. */
  readonly since: Date;
  /** When the first of these events was received. */
  readonly receivedAt: Date;
  /** When the first was received of those that nobody has looked for yet; of all, where they were looked for. Absent: `receivedAt`. */
  readonly newsAt?: Date;
  /** When the last was received. Absent: `receivedAt`. */
  readonly lastAt?: Date;
}

/** `version` tells whether the look was wanted again since. */
export interface DueLook extends WantedLook {
  readonly version: number;
}

export interface LookRecords {
  /** Merges with what is wanted already: due the earlier, since the earlier, round the lower, and news are those of the lower round. */
  want(looks: readonly WantedLook[]): Promise<void>;
  /** What is due for that stack; it stays until `settle`. */
  due(stackId: StackId, now: Date): Promise<readonly DueLook[]>;
  /**
   * Takes away what was looked at, where nothing newer was wanted meanwhile, and plans the next round where one is given. What was wanted
   * meanwhile stays, with the last of its events as its news.
   */
  settle(looked: readonly DueLook[], next: readonly WantedLook[]): Promise<void>;
  /** Stacks that have something due, and when the next one is. */
  waiting(now: Date): Promise<{ readonly due: readonly StackId[]; readonly nextAt?: Date }>;
}

/** An entry for the ledger, in the form that `LedgerWriter.append` takes. */
export interface OutboxEntry {
  /** Of the entry. The same id, put twice, is one entry. */
  readonly id: string;
  readonly entry: JsonObject;
  readonly content: readonly {
    readonly role: string;
    readonly mediaType: string;
    readonly bytes: Uint8Array;
  }[];
}

export interface OutboxRecords {
  put(entries: readonly OutboxEntry[]): Promise<void>;
  /** In the order in which they were put; they stay until `published`. Of one transaction all or none. */
  next(limit: number): Promise<readonly OutboxEntry[]>;
  /** Takes them out. @returns for how long each had waited, in milliseconds */
  published(ids: readonly string[]): Promise<readonly number[]>;
  backlog(): Promise<{ readonly entries: number; readonly oldestAt?: Date }>;
}

/** Something that has to give signs of life: the sweeps of a stack, an event source, the ledger's publisher. */
export interface DetectorBeat {
  /** `stack:network`, `events:trail`, `publisher`, `retentions` */
  readonly name: string;
  readonly at: Date;
  /** So long without a beat that says that it is well is an alarm; milliseconds. */
  readonly expectedWithinMs: number;
  /** Between what it saw last happening and our seeing it, in milliseconds. Absent: as it was. */
  readonly lagMs?: number;
  /** Of an event source: when it last told of anything, changes or not. Absent: as it was. */
  readonly heardAt?: Date;
  /** Why it is failing, in a sentence. Absent: it is well. */
  readonly problem?: string;
}

export interface DetectorStatus extends DetectorBeat {
  /** The last time that it was well. */
  readonly wellAt?: Date;
  /** It was recorded as dead, and has not come back. */
  readonly deadSince?: Date;
}

export interface DetectorRecords {
  beat(beat: DetectorBeat): Promise<void>;
  /** From now on signs of life are expected of these: should the first one never come, they die. Those that are known stay as they are. */
  expect(detectors: readonly Pick<DetectorBeat, "name" | "at" | "expectedWithinMs">[]): Promise<void>;
  byName(name: string): Promise<DetectorStatus | undefined>;
  /** The dead first, then by age. */
  worst(now: Date, limit: number): Promise<readonly DetectorStatus[]>;
  totals(now: Date): Promise<{ readonly alive: number; readonly dead: number }>;
  /** Those whose time has run out since they were last well, each once; they are dead from now on. */
  buryDead(now: Date): Promise<readonly DetectorStatus[]>;
  /** Those that were dead and have been well since, each once, as they were: `deadSince` tells since when. */
  resurrect(): Promise<readonly DetectorStatus[]>;
  forget(name: string): Promise<void>;
}
