/** An account is searched for what no stack has: all of it from time to time, and at once what an event tells of. */
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { leavingOut } from "../../inventory/leftOut.ts";
import { type Survey, surveyAccount, unitsOf } from "../../inventory/survey.ts";
import type { AccountSearch } from "../../watch/unmanaged.ts";
import { asWarning } from "./inOurWords.ts";
import {
  GRACE_MS,
  type InventoryContext,
  inventoryDetector,
  inventoryPatienceMs,
} from "./inventoryContext.ts";
import { type PlannedSurvey, planSurvey } from "./inventoryPlace.ts";
import { type JudgedThing, judgeSurvey } from "./judging.ts";
import { recordInventory } from "./recordInventory.ts";
import type { AccountSettings } from "./unmanagedSettings.ts";

const RETRY_MS = 5 * 60_000;
/** New stacks are looked at within a minute, unless there are very many. */
const STACKS_PATIENCE_MS = 15_000;
const MOST_TOLD = 5;

/**
 * All of the account. That it could not be searched is told by its detector, and it is tried again.
 * @throws AnchorwatchError `database_*`; the reason of the signal
 */
export async function searchAccount(
  context: InventoryContext,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const account = context.settings.accounts.find((one) => one.name === name);
  if (account === undefined) return;
  const { records, now, settings, onWarning } = context;
  const startedAt = now();
  const { waiting, unread } = await records.unmanaged.stacksWithoutState();
  // What a stack has that nobody has looked at yet would be told as nobody's.
  if (waiting > 0) {
    const soon = Math.min(settings.everyMs, STACKS_PATIENCE_MS);
    await records.unmanaged.scheduleSearch(name, new Date(startedAt.getTime() + soon));
    return;
  }
  try {
    const plan = await planSurvey(account, context.machine);
    const survey = await surveyAccount({ ...plan, elapsed: context.machine.elapsed, signal });
    const judged = await judgeSurvey(survey, judgingOf(context, plan));
    const search = { ...searchOf(survey, judged, startedAt, now()), unreadStacks: unread };
    const whole = { units: new Set(unitsOf(plan)), search, number: plan.account };
    const { held } = await recordInventory(context, name, { judged, survey, whole, events: [] });
    const next = held > 0 ? Math.min(settings.everyMs, GRACE_MS) : settings.everyMs;
    await records.unmanaged.scheduleSearch(name, new Date(now().getTime() + next));
    await beat(context, account, problemOf(search));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AnchorwatchError)) throw error;
    if (error.code.startsWith("database_")) throw error;
    onWarning(asWarning(error));
    await records.unmanaged.scheduleSearch(
      name,
      new Date(now().getTime() + Math.min(settings.everyMs, RETRY_MS)),
    );
    await beat(context, account, messageOf(error));
  }
}

export function judgingOf({ records, settings }: InventoryContext, { account }: PlannedSurvey) {
  return { records, account, leaveOut: leavingOut(settings.ignore) };
}

async function beat(
  context: InventoryContext,
  account: AccountSettings,
  problem: string | undefined,
): Promise<void> {
  const { records, settings, now } = context;
  await records.detectors.beat({
    name: inventoryDetector(account),
    at: now(),
    expectedWithinMs: inventoryPatienceMs(settings),
    ...(problem === undefined ? {} : { problem }),
  });
}

function searchOf(
  { units, meter }: Survey,
  judged: readonly JudgedThing[],
  startedAt: Date,
  finishedAt: Date,
): Omit<AccountSearch, "unreadStacks"> {
  const leftOut: Record<string, number> = {};
  const counts = { managed: 0, managedByGuess: 0, drifts: 0, unmanaged: 0 };
  for (const { judgement } of judged) {
    if (judgement.kind === "left_out") leftOut[judgement.rule.rule] = (leftOut[judgement.rule.rule] ?? 0) + 1;
    else if (judgement.kind === "unmanaged") counts.unmanaged += 1;
    else if (judgement.kind === "drift") counts.drifts += 1;
    else counts.managed += 1;
    if (judgement.kind === "managed" && judgement.owner.isGuess) counts.managedByGuess += 1;
  }
  return {
    ...{ startedAt, finishedAt, things: judged.length, ...counts, leftOut },
    isComplete: units.every(({ problems }) => problems.length === 0),
    units: units.map(({ service, region, seen, problems }) => ({
      service,
      region,
      seen,
      problems: [...problems],
    })),
    ...{ calls: meter.calls, waitedMs: Math.round(meter.waitedMs) },
  };
}

/** For the detector: what is unknown, and what to do. */
function problemOf({ isComplete, units, unreadStacks }: AccountSearch): string | undefined {
  if (isComplete && unreadStacks > 0)
    return `The states of ${unreadStacks} stacks could never be read: what they have is told as unmanaged. Their own detectors say why.`;
  if (isComplete) return undefined;
  const failing = units.flatMap(({ service, region, problems }) =>
    problems.map(({ kind, permission, message }) =>
      kind === "denied"
        ? `${service} in ${region}: the identity lacks ${permission}`
        : `${service} in ${region}: ${permission} failed: ${message}`,
    ),
  );
  const more = failing.length > MOST_TOLD ? `; and ${failing.length - MOST_TOLD} more` : "";
  return `Not everything could be looked at. ${failing.slice(0, MOST_TOLD).join("; ")}${more}`;
}
