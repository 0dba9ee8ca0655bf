/** What was told is brought up to date where drifts have joined it, and ended when all of them are over: a job of its own, tried for a day. */
import { type Channel, ChannelFailure, type Delivery } from "../../alerts/channel.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { DriftInStack } from "../../watch/driftInStack.ts";
import type { CallCounts, CallId, PlaybookCall } from "../../watch/playbookCall.ts";
import type { WatchRecords } from "../../watch/records.ts";
import { alertEntry } from "../alerts/entries.ts";
import type { CheckJob } from "../watch/checking.ts";
import { callMessage, MOST_SHOWN } from "./callMessage.ts";
import { GATHER_MS } from "./calls.ts";
import { PLAYBOOK_ACTOR } from "./entries.ts";
import type { PlaybookContext } from "./playbookContext.ts";

const PATIENCE_MS = 24 * 3_600_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
const DEADLINE_MS = 30_000;
/** Where a message cannot be changed, people get one at first, one with all that joined, and no more. */
const MOST_MESSAGES = 2;

/** @throws AnchorwatchError `database_*`, `job_*`: it is done again then */
export async function keepCall(context: PlaybookContext, id: CallId, job: CheckJob): Promise<void> {
  const looked = await look(context, id, job);
  if (looked === undefined) return;
  const { call, counts, drifts } = looked;
  const channel = context.channel(call.channel);
  const step = channel === undefined ? "resolve" : nextStep(call, counts, channel);
  const isLast = endsWithDrifts(call) && counts.open === 0;
  if (step === undefined) {
    if (isLast) await settle(context, looked, job, { ...call, status: "ended" });
    return;
  }
  const notBefore = new Date((call.toldAt ?? call.openedAt).getTime() + GATHER_MS);
  // However many drifts come and go, people hear of it now and then.
  if (step === "update" && notBefore > context.now())
    return await context.sendCall(id, { startAfter: notBefore });
  const delivery: Delivery = {
    key: `${call.id}-${step}-${counts.total}-${counts.open}`,
    step,
    message: callMessage({
      call: { ...call, updatedAt: context.now() },
      counts,
      drifts,
      origin: context.origin(),
    }),
    ...(call.reference === undefined ? {} : { reference: call.reference }),
  };
  try {
    if (channel === undefined)
      throw new ChannelFailure(`the operator's file has no channel ${call.channel} any more`, "never");
    const limit = AbortSignal.any([job.signal, AbortSignal.timeout(DEADLINE_MS)]);
    const { reference } = await channel.deliver(delivery, limit);
    const { failingSince: _, failures: __, ...known } = call;
    const told = { total: counts.total, open: counts.open, times: (call.told?.times ?? 0) + 1 };
    const toldNow = { told, toldAt: context.now() };
    const status = isLast ? "ended" : call.status;
    await settle(
      context,
      looked,
      job,
      { ...known, ...toldNow, reference, status },
      isLast ? "sent" : undefined,
    );
  } catch (error) {
    job.signal.throwIfAborted();
    if (error instanceof AnchorwatchError && /^(database|job)_/.test(error.code)) throw error;
    await failed(context, looked, job, error);
  }
}

interface Looked {
  readonly call: PlaybookCall;
  readonly channel?: Channel;
  readonly counts: CallCounts;
  readonly drifts: readonly [DriftInStack, ...(readonly DriftInStack[])];
}

async function look(context: PlaybookContext, id: CallId, job: CheckJob): Promise<Looked | undefined> {
  const seen = await context.records.transaction(async (records) => {
    await job.hold(records);
    const { calls } = records.playbooks;
    const call = await calls.lock(id);
    if (call?.status !== "open") return undefined;
    return { call, counts: await calls.counts(id), ids: await calls.drifts(id, MOST_SHOWN) };
  });
  if (seen === undefined) return undefined;
  const found = new Map((await context.drifts.byIds(seen.ids)).map((one) => [one.drift.id, one]));
  const [first, ...others] = seen.ids.flatMap((drift) => found.get(drift) ?? []);
  return first && { call: seen.call, counts: seen.counts, drifts: [first, ...others] };
}

/** That something is over is told once, and nothing is left to be ended. */
function endsWithDrifts({ event, kind }: PlaybookCall): boolean {
  return event !== "resolved" || kind !== "notify";
}

function nextStep(
  call: PlaybookCall,
  { total, open }: CallCounts,
  { updates }: Channel,
): Delivery["step"] | undefined {
  const { told } = call;
  if (endsWithDrifts(call) && open === 0) return updates ? "resolve" : undefined;
  // It was told that all is over, and then another one joined.
  if (told?.open === 0 && open > 0) return "open";
  const isNews = told?.total !== total || (updates && told.open !== open);
  return isNews && (updates || (told?.times ?? 0) < MOST_MESSAGES) ? "update" : undefined;
}

async function settle(
  context: PlaybookContext,
  { drifts, counts }: Looked,
  job: CheckJob,
  call: PlaybookCall,
  outcome?: "sent" | "failed",
  message?: string,
): Promise<void> {
  const at = context.now();
  await context.records.transaction(async (records) => {
    await job.hold(records);
    const known = await records.playbooks.calls.lock(call.id);
    if (known?.status !== "open") return;
    // Others may have joined meanwhile: a job of their own tells of them.
    const isJoined = (await records.playbooks.calls.counts(call.id)).open > counts.open;
    const status = isJoined ? known.status : call.status;
    await records.playbooks.calls.save({ ...call, status, joinedAt: known.joinedAt, updatedAt: at });
    if (isJoined) await context.sendCall(call.id, { within: records });
    if (outcome !== undefined) await putEntry(context, records, { call, counts, drifts, outcome, message });
  });
}

async function putEntry(
  context: PlaybookContext,
  records: WatchRecords,
  told: Pick<Looked, "call" | "counts" | "drifts"> & {
    readonly outcome: "sent" | "failed";
    readonly message: string | undefined;
  },
): Promise<void> {
  const { call, counts, drifts, outcome, message } = told;
  const data = {
    ...{ channel: context.channel(call.channel)?.kind ?? "gone", recipient: call.channel, alert: call.id },
    ...{ outcome, step: "resolve" as const, drifts: counts.total },
    ...(message === undefined ? {} : { message }),
  };
  const ids = drifts.map(({ drift }) => drift.entryId).filter((entry) => entry !== "");
  const news = { id: `playbook-${context.newId()}`, at: context.now(), actor: PLAYBOOK_ACTOR, drifts: ids };
  await records.outbox.put([alertEntry({ ...news, kind: "alert.sent", data })]);
}

async function failed(
  context: PlaybookContext,
  looked: Looked,
  job: CheckJob,
  error: unknown,
): Promise<void> {
  const { call, counts } = looked;
  const at = context.now();
  const failure = error instanceof ChannelFailure ? error : undefined;
  const problem = failure?.message ?? "it failed in a way that nobody expected";
  const failingSince = call.failingSince ?? at;
  const failures = (call.failures ?? 0) + 1;
  const isOver = failure?.retry === "never" || at.getTime() - failingSince.getTime() >= PATIENCE_MS;
  if (!isOver) {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20));
    const startAfter = new Date(at.getTime() + Math.max(pause, failure?.afterMs ?? 0));
    await context.records.transaction(async (records) => {
      await job.hold(records);
      const known = await records.playbooks.calls.lock(call.id);
      if (known?.status !== "open") return;
      await records.playbooks.calls.save({ ...known, failingSince, failures, updatedAt: at });
      await context.sendCall(call.id, { within: records, startAfter });
    });
    return;
  }
  context.onWarning({
    code: "playbook_call_failed",
    message: `the channel ${call.channel} could not be told what became of ${call.id}, which the playbook ${call.playbook} opened: ${problem}`,
    hint: "Correct it there by hand, where it is still open.",
  });
  const isEnd = endsWithDrifts(call) && counts.open === 0;
  // That it could not be brought up to date does not keep it from being ended.
  const { failingSince: _, failures: __, ...known } = call;
  if (isEnd) return await settle(context, looked, job, { ...known, status: "failed" }, "failed", problem);
  const told = { ...counts, times: call.told?.times ?? 1 };
  await settle(context, looked, job, {
    ...known,
    told: { total: told.total, open: told.open, times: told.times },
  });
}
