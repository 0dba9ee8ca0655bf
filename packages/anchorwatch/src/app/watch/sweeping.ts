/** A whole stack is checked, and it is said when the next sweep is. */
import type { CheckTrigger } from "../../domain/check.ts";
import type { StackId, StackStatus } from "../../watch/stack.ts";
import { nextSweep, retrySweep } from "../../watch/sweepTimes.ts";
import { type CheckJob, checkWatched } from "./checking.ts";
import type { RecordedFindings } from "./recordFindings.ts";
import type { WatchContext } from "./watchContext.ts";

/** What a sweep may take longer than its interval before its detector counts as dead. */
const PATIENCE = 2;
const LEAST_PATIENCE_MS = 5 * 60_000;

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
  if (outcome.kind === "recorded") await searchForAuthors(context, status, outcome.recorded, job);
  const at = now();
  const next =
    outcome.kind === "failed"
      ? retrySweep(at, stack.sweepEveryMs, status.failures + 1)
      : nextSweep(at, stack.sweepEveryMs, random());
  await records.stacks.scheduleSweep(stackId, next);
  await records.detectors.beat({
    name: `stack:${stack.name}`,
    at,
    expectedWithinMs: Math.max(LEAST_PATIENCE_MS, PATIENCE * stack.sweepEveryMs),
    ...(outcome.kind === "failed" ? { problem: outcome.error.message } : {}),
  });
}

/** No event told of what it found: what a trail's log files tell of the time since is taken in, and names them. */
async function searchForAuthors(
  { searchTrails, now }: WatchContext,
  { lastCompleteAt }: StackStatus,
  { changes }: RecordedFindings,
  { signal }: CheckJob,
): Promise<void> {
  const isNameless = changes.some(
    ({ step, drift }) => (step === "opened" || step === "reopened") && drift.attributions.length === 0,
  );
  if (!isNameless || lastCompleteAt === undefined) return;
  await searchTrails({ from: lastCompleteAt, to: now() }, signal);
}
