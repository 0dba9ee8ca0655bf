/**
 * Drift that came and went between two looks. Its events tell of it: somebody changed the resource, and changed it again, and what
 * runs now is what was recorded. No value was ever seen; who it was, and when, is evidence enough.
 */
import { hash } from "node:crypto";
import type { Attribution } from "../../domain/actor.ts";
import type { ResourceResult } from "../../domain/check.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { driftKey } from "../../ledger/entry/driftKey.ts";
import type { DriftId, DriftRecord, DriftStep } from "../../watch/drift.ts";
import type { WantedLook, WatchRecords } from "../../watch/records.ts";
import type { StackStatus } from "../../watch/stack.ts";
import { touchesOf } from "../../watch/touching.ts";
import { resourceOf } from "../ledger/driftEntry.ts";
import { entryStackOf } from "../ledger/recordCheck.ts";
import { type Judged, Judging } from "../policy/judging.ts";
import type { StackRules } from "../policy/stackJudge.ts";
import { driftEntry, type LifeStep } from "./driftEntry.ts";
import type { HotCheck } from "./stacks/hotStack.ts";

export interface PassedCase {
  readonly status: StackStatus;
  readonly look: WantedLook;
  readonly result: HotCheck;
  /** In the order of attributions: the latest first. */
  readonly attributions: readonly Attribution[];
  readonly rules: StackRules;
  readonly newId: () => string;
}

/** One change alone, of which nothing shows, may have changed nothing that is watched. */
const LEAST_EVENTS = 2;

/** Undefined when there is nothing to tell, or it was told. */
export async function recordPassed(
  records: WatchRecords,
  given: PassedCase,
): Promise<DriftRecord | undefined> {
  const { look, result } = given;
  const causes = given.attributions.filter(({ time }) => time >= look.since);
  const resource = result.resources.find(({ address }) => address === look.address);
  if (resource?.verdict !== "in_sync" || causes.length < LEAST_EVENTS) return undefined;
  const named = await namedBy(records, look, causes);
  const naming = causes.filter(({ eventId }) => named.has(eventId));
  return await records.transaction(async (inside) => {
    const key = driftKey(look.address, undefined);
    const last = await inside.drifts.lockResource(look.stackId, key);
    if (last?.status === "open") return undefined;
    const told = cameAndWent(naming, last);
    return told.length < LEAST_EVENTS
      ? undefined
      : await tell(inside, { ...given, causes: told, resource, last, key });
  });
}

/**
 * From the first change by somebody else than the stack's own delivery on, which may be what took it back. What was told or seen already is
 * not told again.
 */
function cameAndWent(naming: readonly Attribution[], last: DriftRecord | undefined): readonly Attribution[] {
  const known = new Set(last?.attributions.map(({ eventId }) => eventId));
  const news = naming.filter(
    ({ eventId, time }) => !known.has(eventId) && (last === undefined || time > last.seenAt),
  );
  const first = news.findLastIndex(({ isDelivery }) => !isDelivery);
  return news.slice(0, first + 1);
}

/**
 * The events that name the resource itself. Those that name only what it refers to had it looked at, since they may have changed it, and
 * are no evidence that they did.
 */
async function namedBy(
  { events, identifiers }: WatchRecords,
  { stackId, address }: WantedLook,
  causes: readonly Attribution[],
): Promise<ReadonlySet<string>> {
  const times = causes.map(({ time }) => time.getTime());
  const between = { from: new Date(Math.min(...times)), to: new Date(Math.max(...times)) };
  const all = await events.ofResource({ stackId, address }, between);
  const names = new Set(all.flatMap((event) => event.identifiers));
  const touches = touchesOf(all, await identifiers.find([...names]));
  const own = touches.filter(
    (touch) => touch.kind === "own" && touch.stackId === stackId && touch.address === address,
  );
  return new Set(own.map(({ eventId }) => eventId));
}

interface Told extends PassedCase {
  readonly causes: readonly Attribution[];
  readonly resource: ResourceResult;
  readonly last: DriftRecord | undefined;
  readonly key: string;
}

async function tell(records: WatchRecords, told: Told): Promise<DriftRecord> {
  const { status, look, result, causes, resource, last, key, newId } = told;
  const openedAt = causes.at(-1)?.time ?? look.since;
  const digest = `sha256:${hash("sha256", JSON.stringify(causes.map(({ eventId }) => eventId)))}`;
  const data: JsonObject = { resource: { ...resourceOf(resource) }, verdict: "changed", changes: [], digest };
  const open: DriftRecord = {
    ...(last ?? { id: newId() as DriftId, stackId: status.stack.id, resource: key, marks: [] }),
    address: look.address,
    type: resource.type,
    status: "open",
    verdict: "changed",
    digest,
    openedAt,
    updatedAt: result.finishedAt,
    times: (last?.times ?? 0) + 1,
    entryId: `drift-${newId()}`,
    found: { data },
    attributions: causes,
    state: result.mark,
    marks: [],
    seenAt: result.startedAt,
  };
  const step = { driftId: open.id, verdict: open.verdict, checkId: `look-${newId()}`, found: open.found };
  const judged = await judgedPassed(records, told, open);
  const { excepted: _, ...kept } = judged.drift;
  const { classification } = kept;
  const closed: DriftRecord = { ...kept, status: "closed", closedAt: result.finishedAt, end: "passed" };
  const steps: readonly [DriftRecord, DriftStep & { readonly kind: LifeStep }][] = [
    [
      judged.drift,
      {
        ...step,
        ...(classification === undefined ? {} : { classification }),
        at: result.finishedAt,
        kind: last === undefined ? "opened" : "reopened",
        // The latest took it back.
        attributions: causes.slice(1),
      },
    ],
    [
      closed,
      { ...step, at: result.finishedAt, kind: "closed", end: "passed", attributions: causes.slice(0, 1) },
    ],
  ];
  for (const [drift, one] of steps) {
    await records.drifts.save(drift, one);
    const id = one.kind === "closed" ? `drift-${newId()}` : drift.entryId;
    const news = { id, step: one, drift, reopens: last?.entryId, stack: entryStackOf(result), content: [] };
    await records.outbox.put([driftEntry(news), ...(one.kind === "closed" ? [] : judged.entries)]);
  }
  return closed;
}

/** No value was ever seen: the rules go by who it was, and what the events are called. */
async function judgedPassed(
  records: WatchRecords,
  { status: { stack }, result, rules, newId }: PassedCase,
  drift: DriftRecord,
): Promise<Judged> {
  const frame = { stack, rules, entryStack: entryStackOf(result), now: result.finishedAt, newId };
  const open = await records.drifts.lockOpen(stack.id);
  const exceptions = await records.exceptions.lockActive(stack.id);
  const judging = new Judging(records, frame, { open, exceptions });
  return await judging.judge(drift, undefined, { recorded: {}, live: {}, isCut: true, changes: [] });
}
