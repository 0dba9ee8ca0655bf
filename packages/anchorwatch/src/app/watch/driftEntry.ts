/** The ledger's entry about a step in the life of a drift. */
import type { JsonObject, JsonValue } from "../../domain/jsonValue.ts";
import type { EntryReference, EntryStack } from "../../ledger/entry/form.ts";
import type { DriftRecord, DriftStep } from "../../watch/drift.ts";
import type { OutboxEntry } from "../../watch/records.ts";
import { CHECK_ACTOR, type Recording } from "../ledger/recordCheck.ts";
import { attributionData, entryActor } from "./attributionData.ts";

/** Others are told by entries of their own. */
export type LifeStep = Exclude<DriftStep["kind"], "classified" | "excepted" | "rearmed">;

export interface DriftNews {
  readonly id: string;
  readonly step: DriftStep & { readonly kind: LifeStep };
  /** As it is after the step. */
  readonly drift: DriftRecord;
  /** The entry that opened it the time before. */
  readonly reopens: string | undefined;
  readonly stack: EntryStack;
  /** What does not fit into the entry. */
  readonly content: Recording["content"];
}

const KINDS = {
  opened: "drift.opened",
  reopened: "drift.opened",
  updated: "drift.updated",
  absorbed: "drift.updated",
  attributed: "drift.attributed",
  closed: "drift.resolved",
} as const satisfies Record<LifeStep, string>;

export function driftEntry(news: DriftNews): OutboxEntry {
  const { id, step, drift, stack, content } = news;
  const { before, after, data } = membersOf(news);
  const entry: JsonObject = {
    id,
    kind: KINDS[step.kind],
    time: step.at.toISOString(),
    actor: { ...entryActor(step.attributions, CHECK_ACTOR) },
    stack: { ...stack },
    ...(drift.address === "" ? {} : { address: drift.address.toWellFormed() }),
    refs: refsOf(news).map((ref) => ({ ...ref })),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    data,
  };
  return { id, entry, content };
}

function refsOf({ step, drift, reopens }: DriftNews): readonly EntryReference[] {
  const check = { type: "check", id: step.checkId };
  const isNew = step.kind === "opened" || step.kind === "reopened";
  if (!isNew) return [check, { type: "drift", id: drift.entryId }];
  return reopens === undefined ? [check] : [check, { type: "reopens", id: reopens }];
}

interface Members {
  readonly data: JsonObject;
  readonly before?: JsonValue | undefined;
  readonly after?: JsonValue | undefined;
}

function membersOf({ step, drift }: DriftNews): Members {
  const { resource, ...found } = dataOf(drift);
  const attributions = step.attributions.length === 0 ? {} : { attributions: asJson(step) };
  switch (step.kind) {
    case "closed":
      return {
        data: { resource, how: step.end ?? "reverted", serial: drift.state.serial, ...attributions },
      };
    case "attributed":
      return { data: { resource, attributions: asJson(step) } };
    default: {
      const times = drift.times > 1 ? { times: drift.times } : {};
      const data = { resource, ...found, verdict: step.verdict, ...attributions, ...times };
      return { data, before: drift.found["before"], after: drift.found["after"] };
    }
  }
}

/** What `drifted` made of the resource. */
function dataOf({ found }: DriftRecord): JsonObject {
  return found["data"] as JsonObject;
}

function asJson({ attributions }: Pick<DriftStep, "attributions">): JsonValue {
  return attributionData(attributions) as unknown as JsonValue;
}
