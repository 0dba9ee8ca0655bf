/** What events touched is looked at, at once and then, while nothing shows, again: clouds answer late. */
import type { Attribution } from "../../domain/actor.ts";
import type { WantedLook } from "../../watch/records.ts";
import { nextRound } from "../../watch/rounds.ts";
import type { StackId, StackStatus } from "../../watch/stack.ts";
import { attributing } from "./attributing.ts";
import { type CheckJob, checkWatched } from "./checking.ts";
import { recordPassed } from "./passing.ts";
import type { HotCheck } from "./stacks/hotStack.ts";
import type { WatchContext } from "./watchContext.ts";

/**
 * Everything that is due of one stack. What could not be looked at stays due, for the next attempt.
 * @throws AnchorwatchError why the stack cannot be read, and `database_*`
 */
export async function lookAtDue(context: WatchContext, stackId: StackId, job: CheckJob): Promise<void> {
  const { records } = context;
  const status = await records.stacks.byId(stackId);
  const looks = await records.looks.due(stackId, context.now());
  if (looks.length === 0) return;
  if (status === undefined || status.health === "gone") return await records.looks.settle(looks, []);
  const byAddress = new Map(looks.map((look) => [look.address, look]));
  const outcome = await checkWatched(context, status, {
    trigger: "event",
    addresses: looks.map(({ address }) => address),
    receivedAt: new Map(looks.map(({ address, receivedAt }) => [address, receivedAt])),
    isHeldBack: (address, attributions) => isDelivering(byAddress.get(address), attributions),
    job,
  });
  if (outcome.kind === "failed") throw outcome.error;
  const moved = new Set(outcome.recorded.changes.map(({ drift }) => drift.address));
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
  const { records, newId, tell } = context;
  const attributions = await attributing(context, status)(records, look.address);
  // Of the watch, not of the folder: as in every other entry.
  const named = { ...result, stack: { ...result.stack, name: status.stack.name } };
  const drift = await recordPassed(records, { status, look, result: named, attributions, newId });
  if (drift !== undefined) tell({ kind: "drift", step: "closed", drift });
}

/** A deployment changes the cloud first and writes its state in the end: until the last round it is given time for that. */
function isDelivering(look: WantedLook | undefined, attributions: readonly Attribution[]): boolean {
  if (look === undefined || nextRound(look) === undefined) return false;
  return attributions.length > 0 && attributions.every(({ isDelivery }) => isDelivery);
}
