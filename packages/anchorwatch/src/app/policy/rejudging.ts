/** Drift that matters more or less though nothing of it changed: it is looked for, and told. */
import type { DriftStep } from "../../watch/drift.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import type { ExceptionContext } from "./exceptions.ts";
import { judgeAgain } from "./judgingAgain.ts";

/**
 * Stacks of which something else may have to be said by now.
 * @param asksRules whether to look, too, for what was classified by other rules than those in force
 */
export async function stacksToJudge(
  { records, rules, now }: Omit<ExceptionContext, "newId">,
  limit: number,
  asksRules: boolean,
): Promise<readonly StackId[]> {
  const at = now();
  const [timed, ended] = [
    await records.drifts.dueForJudging(at, limit),
    await records.exceptions.expired(at, limit),
  ];
  const others = asksRules ? await judgedByOthers({ records, rules }, limit) : [];
  return [...new Set([...timed, ...ended, ...others])].slice(0, limit);
}

async function judgedByOthers(
  { records, rules }: Pick<ExceptionContext, "records" | "rules">,
  limit: number,
): Promise<readonly StackId[]> {
  const found = new Set<StackId>();
  for (const { stackId, labels, policy } of await records.drifts.policies()) {
    if (found.size >= limit) break;
    // Of one that was not read yet by this process nobody knows what its repository says: nothing is taken back for that.
    const inForce = rules.known({ id: stackId, labels });
    if (inForce !== undefined && inForce.policy.digest !== policy) found.add(stackId);
  }
  return [...found];
}

/** @throws AnchorwatchError `database_*`, `job_lease_lost` */
export async function judgeStack(
  { records, rules, now, newId }: ExceptionContext,
  id: StackId,
  job: { hold(records: WatchRecords): Promise<void> },
): Promise<readonly DriftStep["kind"][]> {
  const status = await records.stacks.byId(id);
  if (status === undefined) return [];
  const { stack } = status;
  return await records.transaction(async (inside) => {
    await job.hold(inside);
    const parts = { stack, rules: rules.ofStack(stack), now: now(), newId };
    return await judgeAgain(inside, parts, "due");
  });
}
