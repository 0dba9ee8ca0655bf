/** One check of a watched stack, a sweep or a look at some addresses, up to its record. A check that fails is a record as well. */
import type { Attribution } from "../../domain/actor.ts";
import type { CheckTrigger, Coverage, ResourceResult, Verdict } from "../../domain/check.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { type Remembered, remember } from "../../terraform/read/remembered.ts";
import type { ResourceClaim } from "../../watch/claim.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type { CheckRecord, WatchRecords } from "../../watch/records.ts";
import type { StackStatus, StateMark } from "../../watch/stack.ts";
import { isBlindSpot } from "../exitStatus.ts";
import { recordFailedCheck } from "../ledger/recordFailedCheck.ts";
import { tellingBy } from "../policy/telling.ts";
import { attributing, causesSince } from "./attributing.ts";
import { claimWarning } from "./claiming.ts";
import { type NewState, newStateOf } from "./deploying.ts";
import { mayBeDelivering } from "./holdingBack.ts";
import { inOurWords } from "./inOurWords.ts";
import { deposedKeyOf, type Left, lookAtLeft, resourceIn, withLeft } from "./leaving.ts";
import { type RecordedFindings, recordFindings } from "./recordFindings.ts";
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

/** Whoever writes a state more often than that while it is read has to come to an end first. */
const MOST_STATES = 3;
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
  let recorded: RecordedFindings;
  try {
    looked = await context.stacks.with(stack, wanted.job.signal, (hot) => look(context, status, hot, wanted));
    recorded = await record(context, status, wanted, looked);
  } catch (error) {
    wanted.job.signal.throwIfAborted();
    if (isForNextAttempt(error)) throw error;
    return await failed(context, status, wanted, startedAt, error);
  }
  const { result } = looked;
  for (const claim of recorded.claims) context.onWarning(claimWarning(claim));
  for (const { step, drift } of recorded.changes) {
    context.meter.stepped({ kind: step, ...sinceReceived(wanted, drift.address, context.now()) });
  }
  context.meter.checked({
    trigger: wanted.trigger,
    outcome: result.resources.some(isBlindSpot) ? "incomplete" : "complete",
    durationMs: result.finishedAt.getTime() - result.startedAt.getTime(),
    verdicts: verdictsOf(result.resources),
  });
  return { kind: "recorded", recorded, result };
}

function record(
  context: WatchContext,
  status: StackStatus,
  { trigger, isHeldBack = mayGoOn(context), job }: WantedCheck,
  { result, left, newState, claims, remembered, isSweep }: Looked,
): Promise<RecordedFindings> {
  const findings = {
    status,
    trigger,
    result: withWhatLeft(result, status.stack.name, left),
    state: result.mark,
    revision: result.revision,
    isSweep,
    marked: result.marked,
    wholes: result.wholes,
    rules: context.rules.ofStack(status.stack),
    remembered,
    left,
    newState,
    claims,
    hasDelivery: context.stacks.deliveryOf(status.stack).principals.length > 0,
    attribute: attributing(context, status),
    causesSince: causesSince(status),
    hold: (inside: WatchRecords) => job.hold(inside),
    isHeldBack,
  };
  return recordFindings(context.records, findings, context);
}

/** A sweep that comes into a deployment does not tell of it, either: its events have all of it looked at again. */
function mayGoOn({ now }: WatchContext): NonNullable<WantedCheck["isHeldBack"]> {
  return (_, attributions) => mayBeDelivering(attributions, undefined, now());
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
  readonly claims: readonly ResourceClaim[] | undefined;
  readonly remembered: Remembered;
  /** The whole stack was looked at. */
  readonly isSweep: boolean;
}

/**
 * Several checks share what is held of a stack. What is said of a state, of what it has and of what it has no more, is of one and the
 * same: else what another state has lost would never be looked for.
 */
async function look(
  context: WatchContext,
  status: StackStatus,
  hot: HotStack,
  wanted: WantedCheck,
): Promise<Looked> {
  for (let attempt = 1; attempt <= MOST_STATES; attempt += 1) {
    const looked = await lookOnce(context, status, hot, wanted);
    if (hot.mark.digest === looked.result.mark.digest) return looked;
  }
  throw new AnchorwatchError(
    "stack_unreadable",
    `The state of the stack ${status.stack.name} was written again and again while it was read`,
    { hint: "What was found before stays as it is. It is tried again by itself, later and later." },
  );
}

async function lookOnce(
  { records, rules, now }: WatchContext,
  { stack, state, health }: StackStatus,
  hot: HotStack,
  { addresses, trigger, job: { signal } }: WantedCheck,
): Promise<Looked> {
  const open = await records.drifts.list({ stackId: stack.id, status: "open", limit: ALL });
  const remembered = rememberedOf(open);
  const mustTell = tellingBy(rules.ofStack(stack).policy, stack, now);
  const asked = { trigger, remembered, mustTell, signal };
  const first = await hot.check({ ...asked, ...(addresses === undefined ? {} : { targets: addresses }) });
  if (state !== undefined && state.lineage !== first.mark.lineage)
    throw replaced(stack.name, state, first.mark);
  const isNew = state?.digest !== first.mark.digest;
  // Of a state that is new all is looked at: what it records may be anybody's.
  const isSweep = addresses === undefined || isNew;
  const result = isSweep && addresses !== undefined ? await hot.check(asked) : first;
  if (isSweep && isUnread(result.coverage)) throw unreadable(stack.name, result);
  const before = isSweep ? await records.resources.list(stack.id) : [];
  const left = await lookAtLeft({
    hot,
    before: isNew ? before : undefined,
    open,
    seen: result.resources,
    targets: isSweep ? undefined : addresses,
    signal,
  });
  const newState = isSweep ? newStateOf(hot, result, state, before, isNew) : undefined;
  // One that had been gone was not compared with others meanwhile.
  const claims = isNew || health === "new" ? hot.claims() : undefined;
  return { result, left, newState, claims, remembered, isSweep };
}

function isUnread({ resources, unknown, notChecked }: Coverage): boolean {
  return unknown > 0 && unknown + notChecked === resources;
}

/** Nobody looked, whatever the reason: as a check that was made it would count as a sign of life. */
function unreadable(name: string, { resources, coverage }: HotCheck): AnchorwatchError {
  const first = resources.find(({ verdict }) => verdict === "unknown");
  const why =
    first === undefined ? "" : `, such as ${first.address}: ${first.reason?.message ?? "no reason is known"}`;
  return new AnchorwatchError(
    "stack_unreadable",
    `Nothing of the stack ${name} could be read, ${coverage.unknown} resources in all${why}`,
    { hint: "What was found before stays as it is. It is tried again by itself, later and later." },
  );
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

function withWhatLeft(result: HotCheck, name: string, left: Left): HotCheck {
  return {
    ...result,
    // Entries and records call it as the watch does.
    stack: { ...result.stack, name },
    resources: [...result.resources, ...left.found],
    coverage: withLeft(result.coverage, left),
  };
}

function rememberedOf(open: readonly DriftRecord[]): Remembered {
  // What a replacement left behind has the address of its successor.
  const own = open.filter((drift) => deposedKeyOf(drift) === undefined);
  return remember(
    own.map(({ address, type, found, marks }) => ({ address, type, id: resourceIn(found)?.id, marks })),
  );
}

/** Nothing can be recorded now, or another process has the job. */
function isForNextAttempt(error: unknown): boolean {
  return error instanceof AnchorwatchError && /^(database|job)_/.test(error.code);
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
  const durationMs = at.getTime() - startedAt.getTime();
  context.meter.checked({ trigger, outcome: "failed", durationMs, verdicts: {} });
  return { kind: "failed", error };
}
