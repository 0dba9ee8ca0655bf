/** Freezes that people make and end, and those whose time is over. */
import { AnchorwatchError } from "../../domain/errors.ts";
import type { EntryActor } from "../../ledger/entry/form.ts";
import type { FreezeId, FreezeRecord } from "../../watch/freeze.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId, WatchedStack } from "../../watch/stack.ts";
import { actorOf } from "../access/entries.ts";
import type { KnownRequester } from "../access/requester.ts";
import { PLAYBOOK_ACTOR, type ResponseNews, responseEntry } from "./entries.ts";

export interface FreezeContext {
  readonly records: WatchRecords;
  readonly now: () => Date;
  /** Another unique text at each call. */
  readonly newId: () => string;
}

export interface WantedFreeze {
  readonly stackId: StackId;
  readonly reason: string;
  /** Absent: until somebody thaws it. */
  readonly until?: Date;
}

/** Longer than this nobody remembers why; without an end it is at least meant so. */
const LONGEST_MS = 366 * 24 * 3_600_000;
/** Of one stack, that were not ended yet. */
const MOST = 100;

/** @throws AnchorwatchError `freeze_until_invalid`, `freeze_too_many`, `stack_unknown` */
export async function addFreeze(
  context: FreezeContext,
  wanted: WantedFreeze,
  requester: KnownRequester,
): Promise<FreezeRecord> {
  const now = context.now();
  assertUntil(wanted.until, now);
  const { principal } = requester;
  return await context.records.transaction(async (records) => {
    const active = await records.freezes.lockActive(wanted.stackId);
    if (active.length >= MOST)
      throw new AnchorwatchError("freeze_too_many", `the stack has ${MOST} freezes already`, {
        hint: "Thaw those that nobody needs: one is enough to stop its deployments.",
      });
    const freeze: FreezeRecord = {
      ...wanted,
      ...{ id: context.newId() as FreezeId, by: principal.id, byName: principal.name },
      ...{ at: now, updatedAt: now, state: "active", version: 1 },
    };
    await keepFreeze(records, freeze, { actor: actorOf(requester), newId: context.newId });
    return freeze;
  });
}

type FreezeNews = Pick<ResponseNews, "actor" | "drift"> & Pick<FreezeContext, "newId">;

/** One of each who freezes: what is in force already lasts longer then, and stays what it is where it lasts as long. */
export async function freezeOnce(
  records: WatchRecords,
  wanted: FreezeRecord,
  news: FreezeNews,
): Promise<void> {
  const active = await records.freezes.lockActive(wanted.stackId);
  const known = active.find((one) => one.by === wanted.by && !isOver(one, wanted.at));
  if (known === undefined) return await keepFreeze(records, wanted, news);
  const { until: before, ...rest } = known;
  const { until, reason, updatedAt } = wanted;
  const isCovered = before === undefined || (until !== undefined && until <= before);
  if (isCovered && reason === known.reason) return;
  const lasts = isCovered ? before : until;
  const changed = { ...rest, ...(lasts === undefined ? {} : { until: lasts }), reason, updatedAt };
  await keepFreeze(records, { ...changed, version: known.version + 1 }, news);
}

/** The record and its entry. */
async function keepFreeze(
  records: WatchRecords,
  freeze: FreezeRecord,
  { actor, newId, drift }: FreezeNews,
): Promise<void> {
  const stack = await stackOf(records, freeze.stackId);
  await records.freezes.save(freeze);
  const { id, updatedAt: at, reason, until, run } = freeze;
  const data = {
    ...{ freeze: id, reason },
    ...(until === undefined ? {} : { until: until.toISOString() }),
    ...(run === undefined ? {} : { run }),
  };
  const news = { id: `freeze-${newId()}`, at, actor, stack, drift };
  await records.outbox.put([responseEntry(news, { kind: "freeze.added", data })]);
}

/**
 * @param version that was read; undefined: whatever it is
 * @returns undefined where there is none
 * @throws AnchorwatchError `request_outdated`, `freeze_ended`
 */
export async function thawFreeze(
  context: FreezeContext,
  id: FreezeId,
  { version, reason }: { readonly version: number | undefined; readonly reason: string | undefined },
  requester: KnownRequester,
): Promise<FreezeRecord | undefined> {
  const at = context.now();
  return await context.records.transaction(async (records) => {
    const known = await records.freezes.byId(id);
    if (known === undefined) return undefined;
    const active = await records.freezes.lockActive(known.freeze.stackId);
    const freeze = active.find((one) => one.id === id);
    if (freeze === undefined || isOver(freeze, at))
      throw new AnchorwatchError("freeze_ended", "the freeze has ended already", {
        hint: "There is nothing left to thaw.",
      });
    if (version !== undefined && version !== freeze.version)
      throw new AnchorwatchError("request_outdated", "what was read is not the version that is there now", {
        hint: "Read it again, and send its ETag as If-Match.",
      });
    const because = reason === undefined ? {} : { because: reason };
    const ended = { state: "thawed", ...because, endedBy: requester.principal.id } as const;
    const thawed = { ...freeze, ...ended, updatedAt: at, version: freeze.version + 1 };
    await end(records, context, thawed, { actor: actorOf(requester), at });
    return thawed;
  });
}

const BATCH = 100;

/** What is over is over by its time alone; the records and the ledger say so afterwards. @returns how many */
export async function endExpired(context: FreezeContext): Promise<number> {
  const at = context.now();
  let count = 0;
  for (const stackId of await context.records.freezes.expired(at, BATCH)) {
    count += await context.records.transaction(async (records) => {
      const over = (await records.freezes.lockActive(stackId)).filter((one) => isOver(one, at));
      for (const freeze of over) {
        const ended: FreezeRecord = {
          ...freeze,
          state: "expired",
          updatedAt: at,
          version: freeze.version + 1,
        };
        await end(records, context, ended, { actor: PLAYBOOK_ACTOR, at });
      }
      return over.length;
    });
  }
  return count;
}

function isOver({ until }: FreezeRecord, now: Date): boolean {
  return until !== undefined && until <= now;
}

async function end(
  records: WatchRecords,
  { newId }: FreezeContext,
  freeze: FreezeRecord,
  { actor, at }: { readonly actor: EntryActor; readonly at: Date },
): Promise<void> {
  await records.freezes.save(freeze);
  const stack = await stackOf(records, freeze.stackId);
  const cause = freeze.state === "thawed" ? ("thawed" as const) : ("time" as const);
  const reason = freeze.because === undefined ? {} : { reason: freeze.because };
  const news = { id: `freeze-${newId()}`, at, actor, stack };
  await records.outbox.put([
    responseEntry(news, { kind: "freeze.ended", data: { freeze: freeze.id, cause, ...reason } }),
  ]);
}

async function stackOf(records: WatchRecords, id: StackId): Promise<WatchedStack> {
  const status = await records.stacks.byId(id);
  if (status !== undefined) return status.stack;
  throw new AnchorwatchError("stack_unknown", `there is no stack ${id}`, {
    hint: "It may have been removed.",
  });
}

function assertUntil(until: Date | undefined, now: Date): void {
  if (until === undefined) return;
  const left = until.getTime() - now.getTime();
  if (left > 0 && left <= LONGEST_MS) return;
  const message =
    left > 0 ? "a freeze that has an end lasts a year at most" : "the time until which it lasts is over";
  throw new AnchorwatchError("freeze_until_invalid", message, {
    hint: "Give a moment in the future, within a year; or none, and thaw it.",
  });
}
