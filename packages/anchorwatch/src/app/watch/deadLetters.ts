/** Jobs that failed for good are an alarm, until each of them is done after all. */
import type { Jobs } from "../../jobs/jobs.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import type { WatchQueues } from "./queues.ts";

/** Of the detector that tells of them. */
export const JOBS = "jobs";

const EXPECTED_WITHIN_MS = 60_000;

/** @throws AnchorwatchError `database_*` */
export async function tellDeadLetters(
  { stacks, detectors }: Pick<WatchRecords, "stacks" | "detectors">,
  jobs: Pick<Jobs<WatchQueues>, "deadLetters" | "depths">,
  at: Date,
): Promise<void> {
  const sign = { name: JOBS, at, expectedWithinMs: EXPECTED_WITHIN_MS };
  const [newest] = await jobs.deadLetters(1);
  if (newest === undefined) return await detectors.beat(sign);
  const number = (await jobs.depths()).reduce((sum, { dead }) => sum + dead, 0);
  const { queue, data, attempts, error } = newest;
  const stackId = data["stackId"];
  const status = typeof stackId === "string" ? await stacks.byId(stackId as StackId) : undefined;
  const of = status === undefined ? "" : ` of the stack ${status.stack.name}`;
  const last = `a ${queue}${of}, after ${attempts} attempts: ${error.message}`;
  const problem =
    number > 1 ? `${number} jobs failed for good, the last one ${last}` : `A job failed for good, ${last}`;
  await detectors.beat({ ...sign, problem });
}
