/** A whole stack is checked, and it is said when the next sweep is. */
import type { CheckTrigger } from "../../domain/check.ts";
import type { StackId } from "../../watch/stack.ts";
import { nextSweep, retrySweep } from "../../watch/sweepTimes.ts";
import { type CheckJob, checkWatched } from "./checking.ts";
import { searchForAuthors } from "./searching.ts";
import { stackDetector } from "./stackDetector.ts";
import type { WatchContext } from "./watchContext.ts";

/** A failure is recorded and retried; it is not thrown. @throws AnchorwatchError `database_*` */
export async function sweep(
  context: WatchContext,
  stackId: StackId,
  trigger: CheckTrigger,
  job: CheckJob,
): Promise<void> {
  const { records, now, random } = context;
  const status = await records.stacks.byId(stackId);
  if (status === undefined || status.health === "gone") return;
  const { stack } = status;
  const outcome = await checkWatched(context, status, { trigger, job });
  const at = now();
  const next =
    outcome.kind === "failed"
      ? retrySweep(at, stack.sweepEveryMs, status.failures + 1)
      : nextSweep(at, stack.sweepEveryMs, random());
  await records.stacks.scheduleSweep(stackId, next);
  // Gone meanwhile, it has no detector any more, and would have one that dies.
  if ((await records.stacks.byId(stackId))?.health === "gone") return;
  await records.detectors.beat({
    ...stackDetector(stack),
    at,
    ...(outcome.kind === "failed" ? { problem: outcome.error.message } : {}),
  });
  // Afterwards: it may take minutes, and the sweep is done.
  if (outcome.kind === "recorded") await searchForAuthors(records, stackId, context.searchTrails, job.signal);
}
