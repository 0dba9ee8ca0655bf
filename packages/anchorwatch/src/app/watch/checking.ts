/** One check of a watched stack, a sweep or a look at some addresses, up to its record. A check that fails is a record as well. */
import type { Attribution } from "../../domain/actor.ts";
import type { CheckTrigger, ResourceResult, Verdict } from "../../domain/check.ts";
import type { DriftMark } from "../../domain/driftMark.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type { CheckRecord, WatchRecords } from "../../watch/records.ts";
import type { StackStatus, StateMark } from "../../watch/stack.ts";
import { isBlindSpot } from "../exitStatus.ts";
import { recordFailedCheck } from "../ledger/recordFailedCheck.ts";
import { attributing } from "./attributing.ts";
import { type Left, lookAtLeft, withFound } from "./leaving.ts";
import { type NewState, type RecordedFindings, recordFindings } from "./recordFindings.ts";
import type { HotCheck, HotStack } from "./stacks/hotStack.ts";
import type { WatchContext } from "./watchContext.ts";

export interface WantedCheck {
  readonly trigger: CheckTrigger;
  /** Absent: the whole stack. */
  readonly addresses?: readonly string[];
  /** Drift that only its delivery may have caused is not told of these yet. */
  readonly isHeldBack?: (address: string, attributions: readonly Attribution[]) => boolean;
  /** When the events were received that ask for it, by address. */
  readonly receivedAt?: ReadonlyMap<string, Date>;
  readonly job: CheckJob;
}

/** Whoever does the check. */
export interface CheckJob {
  readonly signal: AbortSignal;
  /** @throws AnchorwatchError `job_lease_lost`: another process may be doing the same by now */
  hold(records: WatchRecords): Promise<void>;
}

export type CheckOutcome =
  | {
      readonly kind: "recorded";
      readonly recorded: RecordedFindings;
      readonly result: HotCheck;
    }
  | { readonly kind: "failed"; readonly error: AnchorwatchError };

/** More than a stack can have open. */
const ALL = 100_000;

/** @throws AnchorwatchError `database_*`, and the reason of the signal: then nothing is recorded */
export async function checkWatched(
  context: WatchContext,
  status: StackStatus,
  wanted: WantedCheck,
): Promise<CheckOutcome> {
  const startedAt = context.now();
  const { stack } = status;
  let looked: Looked;
  try {
    looked = await context.stacks.with(stack, wanted.job.signal, (hot) => look(context, status, hot, wanted));
  } catch (error) {
    wanted.job.signal.throwIfAborted();
    if (isOfDatabase(error)) throw error;
    return await failed(context, status, wanted, startedAt, error);
  }
  const { result, left, newState } = looked;
  const recorded = await recordFindings(
    context.records,
    {
      status,
      trigger: wanted.trigger,
      result: withWhatLeft(result, stack.name, left.found),
      state: result.mark,
      revision: result.revision,
      isSweep: wanted.addresses === undefined,
      marked: result.marked,
      left,
      newState,
      attribute: attributing(context, status),
      hold: (inside) => wanted.job.hold(inside),
      isHeldBack: wanted.isHeldBack ?? (() => false),
    },
    context,
  );
  for (const { step, drift } of recorded.changes) {
    context.tell({ kind: "drift", step, drift });
    context.meter.stepped({ kind: step, ...sinceReceived(wanted, drift.address, context.now()) });
  }
  context.meter.checked({
    trigger: wanted.trigger,
    outcome: result.resources.some(isBlindSpot) ? "incomplete" : "complete",
    durationMs: result.finishedAt.getTime() - result.startedAt.getTime(),
    verdicts: verdictsOf(result.resources),
  });
  await tellCheck(context, status, recorded.check);
  return { kind: "recorded", recorded, result };
}

function sinceReceived({ receivedAt }: WantedCheck, address: string, now: Date) {
  const at = receivedAt?.get(address);
  return at === undefined ? {} : { sinceReceivedMs: Math.max(0, now.getTime() - at.getTime()) };
}

function verdictsOf(resources: readonly ResourceResult[]): Readonly<Partial<Record<Verdict, number>>> {
  const counts: Partial<Record<Verdict, number>> = {};
  for (const { verdict } of resources) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

interface Looked {
  readonly result: HotCheck;
  readonly left: Left;
  readonly newState: NewState | undefined;
}

async function look(
  { records }: WatchContext,
  { stack, state }: StackStatus,
  hot: HotStack,
  { addresses, trigger, job: { signal } }: WantedCheck,
): Promise<Looked> {
  const open = await records.drifts.list({ stackId: stack.id, status: "open", limit: ALL });
  const result = await hot.check({
    ...(addresses === undefined ? {} : { targets: addresses }),
    trigger,
    remembered: marksByAddress(open),
    signal,
  });
  if (state !== undefined && state.lineage !== result.mark.lineage)
    throw replaced(stack.name, state, result.mark);
  const isNew = state?.digest !== result.mark.digest;
  const before = isNew ? await records.resources.list(stack.id) : undefined;
  const left = await lookAtLeft({ hot, before, open, signal });
  // Events find resources by what the newest state names.
  const newState = isNew ? { identifiers: [...hot.identifiers()], resources: hot.resources() } : undefined;
  return { result, left, newState };
}

/** Whoever puts another state in the place of the known one would make every drift of it vanish. */
function replaced(name: string, known: StateMark, found: StateMark): AnchorwatchError {
  return new AnchorwatchError(
    "stack_state_replaced",
    `The state of the stack ${name} was replaced: its lineage is ${found.lineage}, and was ${known.lineage}`,
    {
      hint: "If that was meant, remove the stack and add it again under another name: its history stays. Else put the old state back.",
    },
  );
}

function withWhatLeft(result: HotCheck, name: string, found: readonly ResourceResult[]): HotCheck {
  return {
    ...result,
    // Entries and records call it as the watch does.
    stack: { ...result.stack, name },
    resources: [...result.resources, ...found],
    coverage: withFound(result.coverage, found),
  };
}

function marksByAddress(open: readonly DriftRecord[]): ReadonlyMap<string, readonly DriftMark[]> {
  return new Map(open.map(({ address, marks }) => [address, marks]));
}

function isOfDatabase(error: unknown): boolean {
  return error instanceof AnchorwatchError && error.code.startsWith("database_");
}

async function failed(
  context: WatchContext,
  status: StackStatus,
  { trigger, job }: WantedCheck,
  startedAt: Date,
  cause: unknown,
): Promise<CheckOutcome> {
  const { stack } = status;
  const at = context.now();
  const error = inOurWords(cause);
  const { code, message, hint } = error;
  const id = `check-${context.newId()}`;
  const check: CheckRecord = {
    id,
    stackId: stack.id,
    trigger,
    startedAt,
    finishedAt: at,
    outcome: "failed",
    error: { code, message },
  };
  const entry = recordFailedCheck({
    checkId: id,
    stack: { name: stack.name, kind: stack.engine },
    trigger,
    startedAt,
    failedAt: at,
    error: cause,
  });
  const isNews = status.error?.code !== code || status.error.message !== message;
  await context.records.transaction(async (records) => {
    await job.hold(records);
    await records.stacks.failed(stack.id, {
      at,
      error: { code, message, ...(hint === undefined ? {} : { hint }) },
    });
    // The same failure, minute after minute, is told once.
    if (!isNews) return;
    await records.checks.add(check);
    await records.outbox.put([{ id, entry: entry as unknown as JsonObject, content: [] }]);
  });
  await tellCheck(context, status, isNews ? check : undefined);
  const durationMs = at.getTime() - startedAt.getTime();
  context.meter.checked({ trigger, outcome: "failed", durationMs, verdicts: {} });
  return { kind: "failed", error };
}

function inOurWords(error: unknown): AnchorwatchError {
  if (error instanceof AnchorwatchError) return error;
  return new AnchorwatchError("internal", messageOf(error), { cause: error });
}

async function tellCheck(
  { records, tell }: WatchContext,
  { stack }: StackStatus,
  check: CheckRecord | undefined,
): Promise<void> {
  if (check === undefined) return;
  tell({ kind: "check", check });
  const now = await records.stacks.byId(stack.id);
  if (now !== undefined) tell({ kind: "stack", stack: now });
}
