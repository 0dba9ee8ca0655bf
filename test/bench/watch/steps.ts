import { setTimeout as delay } from "node:timers/promises";
import { stackIdOf } from "../../../packages/anchorwatch/src/app/watch/foundStack.ts";
import type { RunningWatch } from "../../../packages/anchorwatch/src/app/watch/startWatch.ts";
import { BenchError } from "../error.ts";

const PATIENCE_MS = 600_000;

export async function until(
  holds: () => Promise<boolean>,
  everyMs = 1,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > end)
      throw new BenchError("reports_differ", `it did not come within ${patienceMs / 1000} s`);
    await delay(everyMs);
  }
}

/** Every stack is swept once more, and nothing is amiss. Gives the milliseconds. */
export async function sweepAll(
  { context, checkNow }: RunningWatch,
  names: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const { records } = context;
  const all = () => records.stacks.list({ limit: names.length });
  await until(async () => (await all()).length === names.length, 20);
  const since = new Date();
  const began = performance.now();
  await Promise.all(names.map((name) => checkNow(stackIdOf(name), [])));
  await until(async () => {
    signal.throwIfAborted();
    const stacks = await all();
    for (const { stack, error } of stacks)
      if (error !== undefined) throw new BenchError("reports_differ", `${stack.name}: ${error.message}`);
    return stacks.every(({ lastCompleteAt }) => lastCompleteAt !== undefined && lastCompleteAt >= since);
  }, 20);
  return performance.now() - began;
}
