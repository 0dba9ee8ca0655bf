/** What events touched is looked at, at once and then, while nothing shows, again: clouds answer late. */
import type { WantedLook } from "../../watch/records.ts";
import { nextRound } from "../../watch/rounds.ts";
import type { StackId, StackStatus } from "../../watch/stack.ts";
import { retrySweep } from "../../watch/sweepTimes.ts";
import { attributing } from "./attributing.ts";
import { type CheckJob, checkWatched } from "./checking.ts";
import { mayBeDelivering } from "./holdingBack.ts";
import { recordPassed } from "./passing.ts";
import type { HotCheck } from "./stacks/hotStack.ts";
import type { WatchContext } from "./watchContext.ts";

const LONGEST_PAUSE_MS = 60_000;

/**
 * Everything that is due of one stack. When the stack cannot be read all of it is due again, later with each failure in a row.
 * @throws AnchorwatchError `database_*`
 */
export async function lookAtDue(context: WatchContext, stackId: StackId, job: CheckJob): Promise<void> {
  const { records } = context;
  const [status, looks] = await Promise.all([
    records.stacks.byId(stackId),
    records.looks.due(stackId, context.now()),
  ]);
  if (looks.length === 0) return;
  if (status === undefined || status.health === "gone") return await records.looks.settle(looks, []);
  const byAddress = new Map(looks.map((look) => [look.address, look]));
  const outcome = await checkWatched(context, status, {
    trigger: "event",
    addresses: looks.map(({ address }) => address),
    receivedAt: new Map(looks.map(({ address, receivedAt, newsAt = receivedAt }) => [address, newsAt])),
    isHeldBack: (address, attributions) =>
      mayBeDelivering(attributions, byAddress.get(address)?.receivedAt, context.now()),
    job,
  });
  if (outcome.kind === "failed") {
    // Nothing is forgotten, and a stack that cannot be read is not tried every second.
    const dueAt = retrySweep(context.now(), LONGEST_PAUSE_MS, status.failures + 1);
    return await records.looks.settle(
      looks,
      looks.map((look) => ({ ...look, dueAt })),
    );
  }
  // That somebody else is named for what was known already says nothing of what this event changed.
  const moves = outcome.recorded.changes.filter(({ step }) => step !== "attributed");
  const moved = new Set(moves.map(({ drift }) => drift.address));
  const next: WantedLook[] = [];
  for (const look of looks) {
    if (moved.has(look.address)) continue;
    const again = nextRound(look);
    if (again !== undefined) next.push(again);
    else await tellPassed(context, status, look, outcome.result);
  }
  await records.looks.settle(looks, next);
}

async function tellPassed(
  context: WatchContext,
  status: StackStatus,
  look: WantedLook,
  result: HotCheck,
): Promise<void> {
  const { records, newId } = context;
  const rules = context.rules.ofStack(status.stack);
  const attributions = await attributing(context, status)(records, look);
  // Of the watch, not of the folder: as in every other entry.
  const named = { ...result, stack: { ...result.stack, name: status.stack.name } };
  await recordPassed(records, { status, look, result: named, attributions, rules, newId });
}
