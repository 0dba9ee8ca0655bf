import type { Attribution } from "../domain/actor.ts";
import type { Acceptance, UnmanagedId, UnmanagedRecord, UnmanagedStatus } from "../watch/unmanaged.ts";
import { classificationOf, type StoredClassification } from "./driftJudged.ts";
import { stored } from "./text.ts";

export interface UnmanagedRow {
  readonly id: string;
  readonly account: string;
  readonly type: string;
  readonly region: string;
  readonly status: UnmanagedStatus;
  readonly updatedAt: Date;
  readonly seenAt: Date;
  readonly record: KeptRecord;
}

/** What has no column of its own, as JSON has it: times are texts. */
type KeptRecord = Omit<
  UnmanagedRecord,
  | ("id" | "account" | "type" | "region" | "status" | "updatedAt" | "seenAt")
  | ("classification" | "createdAt" | "firstSeenAt" | "openedAt" | "closedAt" | "attributions" | "accepted")
> & {
  readonly createdAt?: string;
  readonly firstSeenAt: string;
  readonly openedAt?: string;
  readonly closedAt?: string;
  readonly attributions: readonly (Omit<Attribution, "time"> & { readonly time: string })[];
  readonly accepted?: Omit<Acceptance, "at"> & { readonly at: string };
  readonly classification?: StoredClassification;
};

/** For the column `record`. */
export function keptOf(record: UnmanagedRecord): string {
  const { id, account, type, region, status, updatedAt, seenAt, ...kept } = record;
  return JSON.stringify(kept);
}

export function unmanagedOf({ record, ...row }: UnmanagedRow): UnmanagedRecord {
  const { createdAt, firstSeenAt, openedAt, closedAt, attributions, accepted, classification, ...kept } =
    record;
  return {
    ...kept,
    id: stored(row.id) as UnmanagedId,
    account: stored(row.account),
    type: stored(row.type),
    region: stored(row.region),
    status: row.status,
    updatedAt: row.updatedAt,
    seenAt: row.seenAt,
    firstSeenAt: new Date(firstSeenAt),
    ...(createdAt === undefined ? {} : { createdAt: new Date(createdAt) }),
    ...(openedAt === undefined ? {} : { openedAt: new Date(openedAt) }),
    ...(closedAt === undefined ? {} : { closedAt: new Date(closedAt) }),
    attributions: attributions.map((one) => ({ ...one, time: new Date(one.time) })),
    ...(classification === undefined ? {} : { classification: classificationOf(classification) }),
    ...(accepted === undefined ? {} : { accepted: { ...accepted, at: new Date(accepted.at) } }),
  };
}
