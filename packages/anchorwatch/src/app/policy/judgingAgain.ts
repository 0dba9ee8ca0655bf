/** The open drifts of a stack, judged again: other rules are in force, time went by, or people decided something. */
import { type DriftRecord, type DriftStep, judgeAgainAt } from "../../watch/drift.ts";
import type { OutboxEntry, WatchRecords } from "../../watch/records.ts";
import type { WatchedStack } from "../../watch/stack.ts";
import { Judging } from "./judging.ts";
import type { StackRules } from "./stackJudge.ts";

export interface JudgingAgain {
  readonly stack: WatchedStack;
  readonly rules: StackRules;
  readonly now: Date;
  /** Another unique text at each call. */
  readonly newId: () => string;
}

/**
 * Inside a transaction.
 * @param which `due`: those that other rules classified, or whose time has come
 * @returns the steps in the lives of those of which people are told something else now
 */
export async function judgeAgain(
  records: WatchRecords,
  { stack, rules, now, newId }: JudgingAgain,
  which: "due" | "all",
): Promise<readonly DriftStep["kind"][]> {
  const open = await records.drifts.lockOpen(stack.id);
  const exceptions = await records.exceptions.lockActive(stack.id);
  // What it has silenced, the drifts themselves know; what it has raised, they do not.
  const hasExpired = exceptions.some(({ until }) => until !== undefined && until <= now);
  const entryStack = { name: stack.name, kind: stack.engine };
  const judging = new Judging(records, { stack, rules, entryStack, now, newId }, { open, exceptions });
  const entries: OutboxEntry[] = [];
  const same: DriftRecord[] = [];
  const steps: DriftStep["kind"][] = [];
  for (const drift of open) {
    if (which === "due" && !hasExpired && !isDue(drift, rules, now)) continue;
    const judged = await judging.judgeAgain(drift);
    entries.push(...judged.entries);
    if (!judged.isNews) {
      same.push(judged.drift);
      continue;
    }
    const changed = { ...judged.drift, updatedAt: now };
    const step = stepOf(drift, changed, now);
    steps.push(step.kind);
    await records.drifts.save(changed, step);
  }
  entries.push(...(await judging.endExpired()));
  if (same.length > 0) await records.drifts.judgedTheSame(same);
  if (entries.length > 0) await records.outbox.put(entries);
  return steps;
}

function isDue(drift: DriftRecord, { policy }: StackRules, now: Date): boolean {
  const at = judgeAgainAt(drift);
  return drift.classification?.policy !== policy.digest || (at !== undefined && at <= now);
}

function stepOf(before: DriftRecord, after: DriftRecord, at: Date): DriftStep {
  const { id: driftId, verdict, found, attributions, classification, excepted } = after;
  return {
    ...{ driftId, at, kind: kindOf(before, after), verdict, checkId: "", found, attributions },
    ...(classification === undefined ? {} : { classification }),
    ...(excepted === undefined ? {} : { excepted }),
  };
}

function kindOf(before: DriftRecord, after: DriftRecord): DriftStep["kind"] {
  if (before.excepted === undefined) return after.excepted === undefined ? "classified" : "excepted";
  return after.excepted === undefined ? "rearmed" : "classified";
}
