/** Exceptions that people make and take back. What follows from it for the drifts of the stack is in the same transaction. */
import { parsePathPattern } from "../../compare/pathPattern.ts";
import { isAtLeast } from "../../domain/classification.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { DriftId, DriftRecord } from "../../watch/drift.ts";
import type {
  AcceptedDrift,
  EscalatedPattern,
  ExceptionId,
  ExceptionRecord,
  IgnoredPattern,
} from "../../watch/exception.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId, WatchedStack } from "../../watch/stack.ts";
import { actorOf } from "../access/entries.ts";
import type { KnownRequester } from "../access/requester.ts";
import { endedEntry, grantedEntry } from "./exceptionEntries.ts";
import { judgeAgain } from "./judgingAgain.ts";
import type { RulesInForce } from "./rulesInForce.ts";

export interface ExceptionContext {
  readonly records: WatchRecords;
  readonly rules: RulesInForce;
  readonly now: () => Date;
  /** Another unique text at each call. */
  readonly newId: () => string;
}

/** What somebody wants; of a stack that he may see, and where he may do that. */
export type WantedException = { readonly stackId: StackId; readonly reason: string } & (
  | AcceptedDrift
  | IgnoredPattern
  | EscalatedPattern
);

/** Longer than this nobody remembers why. */
const LONGEST_MS = 366 * 24 * 3_600_000;
/** Of one stack, that are active: each drift is compared with all of them. */
const MOST = 500;

/**
 * @throws AnchorwatchError `exception_until_invalid`, `exception_drift_changed`, `exception_critical`, `exception_too_many`,
 * `path_pattern_invalid`, `stack_unknown`
 */
export async function addException(
  context: ExceptionContext,
  wanted: WantedException,
  requester: KnownRequester,
): Promise<ExceptionRecord> {
  const now = context.now();
  assertUntil(wanted.until, now);
  if (wanted.kind !== "accept" && wanted.pattern.path !== undefined) parsePathPattern(wanted.pattern.path);
  return await context.records.transaction(async (records) => {
    const { stack } = await stackOf(records, wanted.stackId);
    const open = await records.drifts.lockOpen(stack.id);
    const active = await records.exceptions.lockActive(stack.id);
    const drift = wanted.kind === "accept" ? acceptable(open, wanted) : undefined;
    const replaced = active.filter((one) => one.kind === "accept" && one.driftId === drift?.id);
    if (active.length - replaced.length >= MOST) throw tooMany(stack);
    for (const one of replaced) await end(records, context, { stack, drift, requester, now }, one, REPLACED);
    const { principal } = requester;
    const exception: ExceptionRecord = {
      ...wanted,
      ...{ id: context.newId() as ExceptionId, by: principal.id, byName: principal.name },
      ...{ at: now, updatedAt: now, state: "active", version: 1 },
    };
    await records.exceptions.save(exception);
    const news = { id: `exception-${context.newId()}`, exception, actor: actorOf(requester), at: now };
    await records.outbox.put([grantedEntry({ ...news, stack: entryStackOf(stack), drift })]);
    await judge(records, context, stack, now);
    return exception;
  });
}

const REPLACED = "Another acceptance of the same drift took its place.";

/**
 * What it silenced is told again.
 * @param version that was read; undefined: whatever it is
 * @returns undefined where there is none
 * @throws AnchorwatchError `request_outdated`, `exception_ended`
 */
export async function revokeException(
  context: ExceptionContext,
  id: ExceptionId,
  version: number | undefined,
  requester: KnownRequester,
): Promise<ExceptionRecord | undefined> {
  const now = context.now();
  return await context.records.transaction(async (records) => {
    const known = await records.exceptions.byId(id);
    if (known === undefined) return undefined;
    const { stack } = await stackOf(records, known.exception.stackId);
    const active = await records.exceptions.lockActive(stack.id);
    const exception = active.find((one) => one.id === id);
    if (exception === undefined)
      throw ended((await records.exceptions.byId(id))?.exception ?? known.exception);
    if (version !== undefined && version !== exception.version) throw outdated();
    const drift = exception.kind === "accept" ? await records.drifts.byId(exception.driftId) : undefined;
    const revoked = await end(
      records,
      context,
      { stack, drift, requester, now },
      exception,
      "Somebody took it back.",
    );
    await judge(records, context, stack, now);
    return revoked;
  });
}

interface Ending {
  readonly stack: WatchedStack;
  readonly drift: DriftRecord | undefined;
  readonly requester: KnownRequester;
  readonly now: Date;
}

async function end(
  records: WatchRecords,
  { newId }: ExceptionContext,
  { stack, drift, requester, now: at }: Ending,
  exception: ExceptionRecord,
  because: string,
): Promise<ExceptionRecord> {
  const state = "revoked" as const;
  const endedBy = requester.principal.id;
  const version = exception.version + 1;
  const over: ExceptionRecord = { ...exception, state, because, endedBy, updatedAt: at, version };
  await records.exceptions.save(over);
  const news = { id: `exception-${newId()}`, exception: over, actor: actorOf(requester), drift, at };
  await records.outbox.put([endedEntry({ ...news, stack: entryStackOf(stack) }, state)]);
  return over;
}

async function judge(
  records: WatchRecords,
  { rules, newId }: ExceptionContext,
  stack: WatchedStack,
  now: Date,
): Promise<void> {
  await judgeAgain(records, { stack, rules: rules.ofStack(stack), now, newId }, "all");
}

async function stackOf(records: WatchRecords, id: StackId) {
  const status = await records.stacks.byId(id);
  if (status !== undefined) return status;
  throw new AnchorwatchError("stack_unknown", `there is no stack ${id}`, {
    hint: "It may have been removed.",
  });
}

function entryStackOf({ name, engine }: WatchedStack) {
  return { name, kind: engine };
}

function acceptable(
  open: readonly DriftRecord[],
  { driftId, digest, evenCritical }: AcceptedDrift & { readonly driftId: DriftId },
): DriftRecord {
  const drift = open.find(({ id }) => id === driftId);
  if (drift === undefined)
    throw new AnchorwatchError("exception_drift_changed", "the drift is not open any more", {
      hint: "There is nothing left to accept.",
    });
  if (drift.digest !== digest)
    throw new AnchorwatchError(
      "exception_drift_changed",
      "what was read of the drift is not what is there now: it has changed since",
      { hint: "Look at it again, and accept what it is by now." },
    );
  const severity = drift.classification?.severity;
  if (!evenCritical && (severity === undefined || isAtLeast(severity, "critical")))
    throw new AnchorwatchError(
      "exception_critical",
      severity === undefined ? "nobody has classified this drift yet" : "this drift is critical",
      { hint: "To accept it all the same say so: evenCritical, or --even-critical." },
    );
  return drift;
}

function assertUntil(until: Date | undefined, now: Date): void {
  if (until === undefined) return;
  const left = until.getTime() - now.getTime();
  if (left > 0 && left <= LONGEST_MS) return;
  const message = left > 0 ? "an exception lasts a year at most" : "the time until which it lasts is over";
  throw new AnchorwatchError("exception_until_invalid", message, {
    hint: "Give a moment in the future, within a year.",
  });
}

function tooMany({ name }: WatchedStack): AnchorwatchError {
  return new AnchorwatchError(
    "exception_too_many",
    `the stack ${name} has ${MOST} exceptions already that are active`,
    {
      hint: "Take back those that nobody needs, or say once for many resources what is meant: * stands for anything.",
    },
  );
}

function ended({ state }: ExceptionRecord): AnchorwatchError {
  return new AnchorwatchError("exception_ended", `the exception has ended already: it is ${state}`, {
    hint: "There is nothing left to take back.",
  });
}

function outdated(): AnchorwatchError {
  return new AnchorwatchError("request_outdated", "what was read is not the version that is there now", {
    hint: "Read it again, and send its ETag as If-Match.",
  });
}
