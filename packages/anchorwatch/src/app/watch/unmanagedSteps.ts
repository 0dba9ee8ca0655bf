/** Records of what no stack has, one step further: what a look at an account makes of each of them. */
import { hash } from "node:crypto";
import type { Attribution } from "../../domain/actor.ts";
import type { Classification } from "../../domain/classification.ts";
import type { JsonObject, JsonValue } from "../../domain/jsonValue.ts";
import { shownTags } from "../../inventory/shown.ts";
import type { Thing } from "../../inventory/thing.ts";
import { canonicalJson } from "../../ledger/entry/canonicalJson.ts";
import {
  stepUnmanaged,
  type UnmanagedEnd,
  type UnmanagedId,
  type UnmanagedRecord,
  type UnmanagedStep,
} from "../../watch/unmanaged.ts";
import type { UnmanagedNews } from "./unmanagedEntry.ts";

export interface Seen {
  readonly thing: Thing;
  /** Who made or changed it, as far as is known. */
  readonly attributions: readonly Attribution[];
  /** It is no deployment that goes on. */
  readonly isSure: boolean;
}

export interface StepFrame {
  readonly account: string;
  readonly at: Date;
  /** Why it matters. */
  readonly classify: (record: UnmanagedRecord) => Classification;
  /** Digest of the rules that say so. */
  readonly policy: string;
  /** Another unique text at each call. */
  readonly newId: () => string;
}

/** What is to be stored; entries of the ledger are made of the news. */
export interface UnmanagedChanges {
  readonly saved: UnmanagedRecord[];
  readonly seen: UnmanagedId[];
  readonly forgotten: UnmanagedId[];
  readonly news: UnmanagedNews[];
  /** Of those that are as they were: what other rules say of them. Saved already. */
  readonly judgedAgain: { readonly record: UnmanagedRecord; readonly before: UnmanagedRecord }[];
  readonly counts: Record<UnmanagedStep, number>;
}

export function noChanges(): UnmanagedChanges {
  const counts = {
    none: 0,
    seen: 0,
    held: 0,
    opened: 0,
    reopened: 0,
    updated: 0,
    rearmed: 0,
    closed: 0,
    forgotten: 0,
  };
  return { saved: [], seen: [], forgotten: [], news: [], judgedAgain: [], counts };
}

/** It runs, and nobody has it. */
export function takeSeen(
  changes: UnmanagedChanges,
  known: UnmanagedRecord | undefined,
  seen: Seen,
  frame: StepFrame,
): void {
  const fresh = recordOf(seen, frame);
  const step = stepUnmanaged(known, { kind: "unmanaged", digest: fresh.digest, isSure: seen.isSure });
  changes.counts[step] += 1;
  const { at } = frame;
  switch (step) {
    case "seen":
      if (known !== undefined) seeAgain(changes, known, seen, frame);
      return;
    case "held":
      changes.saved.push(fresh);
      return;
    case "opened":
    case "reopened":
    case "rearmed": {
      const entryId = `unmanaged-${frame.newId()}`;
      const { accepted: _, closedAt: _closed, end: _end, because: _because, ...before } = known ?? fresh;
      const record: UnmanagedRecord = {
        ...before,
        ...now(fresh),
        ...{ status: "open", openedAt: at, updatedAt: at, times: before.times + 1, entryId },
      };
      tell(changes, { id: entryId, step, record, before: step === "opened" ? undefined : known, at }, frame);
      return;
    }
    case "updated": {
      if (known === undefined) return;
      const record = { ...known, ...now(fresh), updatedAt: at };
      tell(changes, { id: `unmanaged-${frame.newId()}`, step, record, before: known, at }, frame);
      return;
    }
    default:
      return;
  }
}

/** Nothing of it changed, and perhaps more is known of who made it. */
function seeAgain(
  changes: UnmanagedChanges,
  known: UnmanagedRecord,
  { attributions }: Seen,
  frame: StepFrame,
): void {
  const { at } = frame;
  if (attributions.length === 0 || known.attributions.length > 0 || known.status === "held") {
    if (known.status === "held" || known.classification?.policy === frame.policy) {
      changes.seen.push(known.id);
      return;
    }
    const again = { ...known, classification: frame.classify(known), seenAt: at };
    changes.saved.push(again);
    changes.judgedAgain.push({ record: again, before: known });
    return;
  }
  const record = { ...known, attributions, seenAt: at, updatedAt: at };
  tell(changes, { id: `unmanaged-${frame.newId()}`, step: "attributed", record, before: known, at }, frame);
}

/** With why it matters by now. */
function tell(changes: UnmanagedChanges, news: UnmanagedNews, { classify }: StepFrame): void {
  const record = { ...news.record, classification: classify(news.record) };
  changes.saved.push(record);
  changes.news.push({ ...news, record });
}

/** @param because in a sentence */
export function takeEnd(
  changes: UnmanagedChanges,
  known: UnmanagedRecord,
  {
    end,
    because,
    attributions = [],
  }: { readonly end: UnmanagedEnd; readonly because: string; readonly attributions?: readonly Attribution[] },
  { at, newId }: StepFrame,
): void {
  const step = stepUnmanaged(known, { kind: "ended", end });
  changes.counts[step] += 1;
  if (step === "forgotten") changes.forgotten.push(known.id);
  if (step !== "closed") return;
  const record: UnmanagedRecord = {
    ...known,
    ...{ status: "closed", closedAt: at, updatedAt: at, end, because },
    ...(attributions.length === 0 ? {} : { attributions }),
  };
  changes.saved.push(record);
  changes.news.push({ id: `unmanaged-${newId()}`, step, record, before: known, at });
}

function recordOf({ thing, attributions }: Seen, { account, at, newId }: StepFrame): UnmanagedRecord {
  const { type, id, arn, region, unit, parent, createdAt, tags } = thing;
  return {
    id: newId() as UnmanagedId,
    ...{ account, region, type, importId: id, unit, status: "held" },
    ...(arn === undefined ? {} : { arn }),
    ...(parent === undefined ? {} : { parent }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...{
      digest: digestOf(thing),
      attributes: fitting(thing.attributes),
      tags: shownTags(tags),
      attributions,
    },
    ...{ firstSeenAt: at, seenAt: at, updatedAt: at, times: 0 },
  };
}

/** What a new look says of a record. */
function now({ digest, attributes, tags, unit, seenAt, attributions }: UnmanagedRecord) {
  return { digest, attributes, tags, unit, seenAt, ...(attributions.length === 0 ? {} : { attributions }) };
}

/** Of what makes it another thing to worry about when it changes. */
function digestOf({ attributes, telling }: Pick<Thing, "attributes" | "telling">): string {
  const told = Object.fromEntries(telling.map((name) => [name, attributes[name] ?? null]));
  return `sha256:${hash("sha256", canonicalJson(told))}`;
}

/** Bytes that the attributes of one thing may take, and of one attribute when they do not fit. */
const ROOM = 24_000;
const LARGE = 2_000;

/** An entry must hold it: what is too long is named by its digest. */
function fitting(attributes: JsonObject): JsonObject {
  if (sizeOf(attributes) <= ROOM) return attributes;
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, value === undefined ? null : shortened(value)]),
  );
}

function shortened(value: JsonValue): JsonValue {
  const bytes = sizeOf(value);
  return bytes <= LARGE ? value : { sha256: hash("sha256", canonicalJson(value)), bytes };
}

function sizeOf(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}
