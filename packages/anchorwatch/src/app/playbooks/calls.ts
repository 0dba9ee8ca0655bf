/** One call for all drifts of one cause: a run begins it, or joins one that others have begun. */
import { hash } from "node:crypto";
import type { Reference } from "../../alerts/channel.ts";
import { causeKey, causeOf } from "../../alerts/grouping/cause.ts";
import { groupOf } from "../../alerts/grouping/group.ts";
import type { CallId, PlaybookCall } from "../../watch/playbookCall.ts";
import type { PlaybookRun } from "../../watch/playbookRun.ts";
import type { WatchRecords } from "../../watch/records.ts";
import { groupable } from "../alerts/seenDrift.ts";
import type { Deed } from "./steps/deed.ts";

/** What joins is told of together, so late. */
export const GATHER_MS = 60_000;

/** The one that this run has begun or joined; where there is none yet, it joins that of the same cause or storm, or begins one. */
export async function callOf(deed: Deed, channel: string): Promise<PlaybookCall> {
  const { context, run, found, job } = deed;
  const { windowMs } = context.grouping();
  const now = context.now();
  const place = placeOf(deed, channel);
  return await context.records.transaction(async (records) => {
    await job.hold(records);
    const { calls } = records.playbooks;
    await calls.lockPlace(place);
    const known = await calls.ofRun(run.id, place);
    if (known !== undefined) return known;
    const recent = await calls.recent(place, new Date(now.getTime() - windowMs));
    const drift = groupable(found);
    const since = now.getTime() - windowMs;
    const kept = recent.map((call) => ({ ...call, isNew: call.openedAt.getTime() >= since }));
    const group = groupOf(drift, kept, context.grouping());
    // It may have ended at this moment.
    const locked = group.kind === "joins" ? await calls.lock(group.alert as CallId) : undefined;
    const going = locked?.status === "open" || locked?.status === "opening" ? locked : undefined;
    const cause = group.kind === "begins" ? group.cause : causeOf(drift);
    const call: PlaybookCall =
      going === undefined
        ? begun(deed, channel, causeKey(cause), drift.principal)
        : { ...going, joinedAt: now, updatedAt: now };
    await calls.save(call);
    await calls.join(call.id, run.id, found.drift.id);
    // Should it be opening still, whoever opens it looks at who has joined.
    if (call.status === "open")
      await context.sendCall(call.id, { within: records, startAfter: new Date(now.getTime() + GATHER_MS) });
    return call;
  });
}

function placeOf({ playbook, index, run }: Deed, channel: string): string {
  return hash("sha256", JSON.stringify([playbook.name, playbook.digest, index, run.event, channel])).slice(
    0,
    32,
  );
}

function begun(deed: Deed, channel: string, key: string, principal: string | undefined): PlaybookCall {
  const { context, playbook, run, index, step, found } = deed;
  const now = context.now();
  const place = placeOf(deed, channel);
  return {
    ...{ id: `${run.id}-${place.slice(0, 12)}` as CallId, run: run.id, step: index, kind: step.kind },
    ...{ playbook: playbook.name, event: run.event, channel, place, key, stack: found.stack.id },
    ...(principal === undefined ? {} : { principal }),
    ...{ status: "opening", openedAt: now, joinedAt: now, updatedAt: now },
  };
}

/** The channel was told; should this not be written down, it is told again, under the same key. */
export async function callOpened(deed: Deed, call: PlaybookCall, reference: Reference): Promise<void> {
  const { context, run, index, job } = deed;
  const now = context.now();
  await context.records.transaction(async (records) => {
    await job.hold(records);
    const { calls } = records.playbooks;
    const known = await calls.lock(call.id);
    if (known?.status === "opening") {
      const { total, open } = await calls.counts(call.id);
      const told = { total: 1, open: 1, times: 1 };
      await calls.save({ ...known, status: "open", reference, told, toldAt: now, updatedAt: now });
      const startAfter = new Date(now.getTime() + (open === 0 ? 0 : GATHER_MS));
      if (total !== 1 || open === 0) await context.sendCall(call.id, { within: records, startAfter });
    }
    await noteTold(records, run, index, call.channel);
  });
}

/** Nobody has to look at this channel any more when others of the step are tried again. */
export async function callJoined({ context, run, index, job }: Deed, channel: string): Promise<void> {
  await context.records.transaction(async (records) => {
    await job.hold(records);
    await noteTold(records, run, index, channel);
  });
}

async function noteTold(
  records: WatchRecords,
  { id }: Pick<PlaybookRun, "id">,
  index: number,
  channel: string,
): Promise<void> {
  const known = await records.playbooks.lock(id);
  if (known === undefined) return;
  const steps = known.steps.map((step, place) =>
    place === index ? { ...step, told: [...(step.told ?? []), channel] } : step,
  );
  await records.playbooks.save({ ...known, steps });
}
