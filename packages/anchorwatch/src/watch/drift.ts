/** The one record of a drifted resource: opened, updated in place, closed, reopened, with every value that it had. */
import type { Attribution } from "../domain/actor.ts";
import { type Classification, SEVERITIES } from "../domain/classification.ts";
import type { DriftMark } from "../domain/driftMark.ts";
import type { JsonObject } from "../domain/jsonValue.ts";
import type { Excepted } from "./excepted.ts";
import type { StackId, StateMark } from "./stack.ts";

export type DriftId = string & { readonly __brand: "DriftId" };

export type DriftVerdict = "changed" | "deleted" | "unmanaged" | "absorbed";

/**
 * How it ended. `ignored`: a rule silences it now. `reverted`: live is as recorded again. `deployed`: the watched ref was deployed, and both agree. `adopted`: code,
 * record and live all say what was drifted to. `passed`: it came and went between two looks, as its events tell. `removed`: neither
 * the state nor the cloud has the resource any more, and the code does not declare it.
 */
export type DriftEnd = "ignored" | "reverted" | "deployed" | "adopted" | "passed" | "removed";

export interface DriftRecord {
  readonly id: DriftId;
  readonly stackId: StackId;
  /** See `driftKey` of the ledger: one open or closed record per key and stack. */
  readonly resource: string;
  /** Empty for what no stack knows. */
  readonly address: string;
  readonly type: string;
  readonly status: "open" | "closed";
  readonly verdict: DriftVerdict;
  /** Equal for equal drift. */
  readonly digest: string;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  readonly closedAt?: Date;
  readonly end?: DriftEnd;
  /** How often it was opened. */
  readonly times: number;
  /** Of the ledger's entry that opened it, this time. */
  readonly entryId: string;
  /** What is there, masked; shape of `drift.opened`'s data, `before` and `after`. */
  readonly found: JsonObject;
  /** By time, the latest first. */
  readonly attributions: readonly Attribution[];
  /** Of the state that it was compared with when it was last seen. */
  readonly state: StateMark;
  /** What tells later whether a new state absorbed it. */
  readonly marks: readonly DriftMark[];
  /** When what is recorded here was read; older readings say nothing any more. */
  readonly seenAt: Date;
  /** What caused it, this time, happened since then: the resource was seen without it. */
  readonly causesSince?: Date;
  /** Where no event told of it, this time: what the trails' log files were asked. */
  readonly search?: AuthorSearch;
  /** Why it matters; once it is closed, what was said of it last. Absent: of a time before there were rules. */
  readonly classification?: Classification;
  /** It is open, and nobody is to be told. */
  readonly excepted?: Excepted;
}

/** A search in the log files of all trails for who caused a drift. */
export interface AuthorSearch {
  readonly at: Date;
  readonly from: Date;
  readonly to: Date;
  readonly files: number;
  /** Files of that time that were not read, since there were too many: the oldest. 0: it was not cut short. */
  readonly leftOut: number;
  /** Why some of it could not be searched, in a sentence. */
  readonly problem?: string;
}

/** One step in the life of a drift. */
export interface DriftStep {
  readonly driftId: DriftId;
  readonly at: Date;
  /**
   * `classified`: other rules are in force, or time went by, and it matters more or less. `excepted`: nobody is to be told any more.
   * `rearmed`: people are to be told again. With another step these are a part of that.
   */
  readonly kind:
    | "opened"
    | "updated"
    | "absorbed"
    | "attributed"
    | "closed"
    | "reopened"
    | "classified"
    | "excepted"
    | "rearmed";
  readonly verdict: DriftVerdict;
  readonly checkId: string;
  readonly end?: DriftEnd;
  readonly found: JsonObject;
  readonly attributions: readonly Attribution[];
  /** As they were after it. */
  readonly classification?: Classification;
  readonly excepted?: Excepted;
}

/** When something else may have to be said of it though nothing has changed. */
export function judgeAgainAt({
  status,
  classification,
  excepted,
}: Pick<DriftRecord, "status" | "classification" | "excepted">): Date | undefined {
  if (status === "closed") return undefined;
  const times = [classification?.againAt, excepted?.until].flatMap((time) => time?.getTime() ?? []);
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

const RANK = 10n ** 15n;

/** By which lists are sorted by severity, as digits: the severest, and among equals what changed last, has the greatest. */
export function weightOf({
  classification,
  updatedAt,
}: Pick<DriftRecord, "classification" | "updatedAt">): string {
  const rank = classification === undefined ? -1 : SEVERITIES.indexOf(classification.severity);
  return (BigInt(rank + 1) * RANK + BigInt(updatedAt.getTime())).toString();
}
