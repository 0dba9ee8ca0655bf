/** An account is searched for what no stack has: all of it from time to time, and at once what an event tells of. */
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { noteProblem, type SurveyProblem } from "../../inventory/asking.ts";
import { leavingOut } from "../../inventory/leftOut.ts";
import { providerOfUnit } from "../../inventory/listed.ts";
import { type Survey, type SurveyedUnit, surveyAccount, unitOf, unitsOf } from "../../inventory/survey.ts";
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
/** How `without` calls the providers of the stacks. */
const PROVIDERS = "providers";

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
    const { elapsed } = context.machine;
    const survey = await surveyAccount({
      ...plan,
      ...askingOf(context, account, plan, signal),
      elapsed,
      signal,
    });
    const judged = await judgeSurvey(survey, judgingOf(context, plan));
    const search = { ...searchOf(survey, judged, startedAt, now()), unreadStacks: unread };
    const isAsked = askedIn(survey, new Set(unitsOf(plan)));
    const whole = { isAsked, search, number: plan.account };
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

function askingOf(
  { settings, providersOf }: InventoryContext,
  { without }: AccountSettings,
  { account }: PlannedSurvey,
  signal: AbortSignal,
) {
  if (without.includes(PROVIDERS)) return {};
  return { askProviders: providersOf({ account, isOnlyOne: settings.accounts.length === 1, signal }) };
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
    units: coverageOf(units),
    ...{ calls: meter.calls, waitedMs: Math.round(meter.waitedMs) },
  };
}

/**
 * Two configurations of one provider are one line: how many the stacks have, not everybody may know who may see the account.
 */
function coverageOf(units: readonly SurveyedUnit[]): AccountSearch["units"] {
  const lines = Map.groupBy(units, ({ service, region }) => unitOf(service, region));
  return [...lines.values()].map((all) => {
    const { service = "", region = "" } = all[0] ?? {};
    const listed = distinct(all.flatMap((one) => one.listed ?? []));
    const notListed = all.flatMap((one) => one.notListed ?? []);
    const problems: SurveyProblem[] = [];
    for (const problem of all.flatMap((one) => one.problems)) noteProblem(problems, problem);
    return {
      ...{ service, region, seen: all.reduce((sum, { seen }) => sum + seen, 0), problems },
      ...(all.some((one) => one.listed !== undefined)
        ? { listed, notListed: [...new Map(notListed.map((one) => [one.type, one])).values()] }
        : {}),
    };
  });
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

/** A configuration that no stack has any more is not asked any more; while not all stacks could be opened, nobody knows. */
function askedIn(survey: Survey, services: ReadonlySet<string>): (unit: string) => boolean {
  const told = new Set(survey.units.map(({ unit }) => unit));
  return (unit) =>
    services.has(unit) ||
    (providerOfUnit(unit) !== undefined && (told.has(unit) || !survey.areProvidersKnown));
}

/** For the detector: what is unknown, and what to do. */
function problemOf({ isComplete, units, unreadStacks }: AccountSearch): string | undefined {
  if (isComplete && unreadStacks > 0)
    return `The states of ${unreadStacks} stacks could never be read: what they have is told as unmanaged. Their own detectors say why.`;
  if (isComplete) return undefined;
  const failing = units.flatMap(({ service, region, problems }) =>
    problems.map(({ kind, permission, message }) =>
      kind === "denied"
        ? `${service} in ${region}: ${permission.includes(":") ? `the identity lacks ${permission}` : `${permission} was refused: ${message}`}`
        : `${service} in ${region}: ${permission} failed: ${message}`,
    ),
  );
  const more = failing.length > MOST_TOLD ? `; and ${failing.length - MOST_TOLD} more` : "";
  return `Not everything could be looked at. ${failing.slice(0, MOST_TOLD).join("; ")}${more}`;
}
