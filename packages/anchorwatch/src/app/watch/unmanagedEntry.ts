/** The ledger's entry about a step in the life of something that no stack has. */
import type { JsonObject, JsonValue } from "../../domain/jsonValue.ts";
import { providerOfUnit } from "../../inventory/listed.ts";
import type { EntryReference } from "../../ledger/entry/form.ts";
import type { DriftResolvedData } from "../../ledger/entry/kinds/drift.ts";
import type { OutboxEntry } from "../../watch/records.ts";
import type { UnmanagedEnd, UnmanagedRecord } from "../../watch/unmanaged.ts";
import { attributionData, entryActor, short } from "./attributionData.ts";

/** What AWS itself tells of. */
const AWS_PROVIDER = "registry.terraform.io/hashicorp/aws";
const ACTOR = { type: "system", id: "anchorwatch/unmanaged" } as const;

const ENDS: Readonly<Record<UnmanagedEnd, DriftResolvedData["how"]>> = {
  gone: "removed",
  managed: "adopted",
  left_out: "ignored",
  not_searched: "not_searched",
};

export interface UnmanagedNews {
  readonly id: string;
  readonly step: "opened" | "reopened" | "rearmed" | "updated" | "attributed" | "closed";
  /** As it is after the step. */
  readonly record: UnmanagedRecord;
  readonly before: UnmanagedRecord | undefined;
  readonly at: Date;
}

export function unmanagedEntry({ id, step, record, before, at }: UnmanagedNews): OutboxEntry {
  const { attributions, attributes } = record;
  const isOver = step === "closed";
  const entry: JsonObject = {
    id,
    kind: kindOf(step),
    time: at.toISOString(),
    actor: { ...entryActor(attributions, ACTOR) },
    refs: refsOf(step, record, before).map((ref) => ({ ...ref })),
    ...(isOver || step === "attributed" || before === undefined ? {} : { before: before.attributes }),
    ...(isOver || step === "attributed" ? {} : { after: attributes }),
    data: dataOf(step, record),
  };
  return { id, entry, content: [] };
}

function kindOf(step: UnmanagedNews["step"]): string {
  switch (step) {
    case "opened":
    case "reopened":
    case "rearmed":
      return "drift.opened";
    case "updated":
      return "drift.updated";
    case "attributed":
      return "drift.attributed";
    case "closed":
      return "drift.resolved";
  }
}

function refsOf(
  step: UnmanagedNews["step"],
  record: UnmanagedRecord,
  before: UnmanagedRecord | undefined,
): readonly EntryReference[] {
  const isNew = kindOf(step) === "drift.opened";
  if (isNew) return before?.entryId === undefined ? [] : [{ type: "reopens", id: before.entryId }];
  return record.entryId === undefined ? [] : [{ type: "drift", id: record.entryId }];
}

function dataOf(step: UnmanagedNews["step"], record: UnmanagedRecord): JsonObject {
  const { type, importId, account, region, arn, digest, times, end } = record;
  const common = {
    resource: {
      type: short(type),
      provider: providerOfThing(record),
      id: short(importId),
    },
    place: {
      account: short(account),
      region: short(region),
      ...(arn === undefined ? {} : { arn: short(arn) }),
    },
  };
  const told = attributionData(record.attributions) as unknown as JsonValue;
  const attributions = record.attributions.length === 0 ? {} : { attributions: told };
  if (step === "closed") return { ...common, how: ENDS[end ?? "gone"], ...attributions };
  if (step === "attributed") return { ...common, attributions: told };
  const again = times > 1 ? { times } : {};
  return { ...common, verdict: "unmanaged", changes: [], digest, ...attributions, ...again };
}

export function providerOfThing({ unit }: Pick<UnmanagedRecord, "unit">): string {
  return providerOfUnit(unit) ?? AWS_PROVIDER;
}
