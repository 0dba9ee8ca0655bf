/** The record of a check, and its entry. A sweep that finds everything as before leaves neither. */
import type { CheckResult, CheckTrigger } from "../../domain/check.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { CheckRecord, OutboxEntry } from "../../watch/records.ts";
import type { StackStatus } from "../../watch/stack.ts";
import { completedEntry } from "../ledger/recordCheck.ts";

interface Checked {
  /** As it was before. */
  readonly status: StackStatus;
  readonly trigger: CheckTrigger;
  readonly result: CheckResult;
  readonly isSweep: boolean;
}

/** @param changes how many drifts it opened, changed or closed */
export function isNotable(
  { status, trigger, result, isSweep }: Checked,
  isComplete: boolean,
  changes: number,
): boolean {
  if (changes > 0 || trigger === "manual" || status.health === "failed") return true;
  return isSweep ? !sameCoverage(status.coverage, result.coverage) : !isComplete;
}

export function checkRecordOf(
  { status, trigger, result }: Checked,
  id: string,
  isComplete: boolean,
): CheckRecord {
  const { startedAt, finishedAt, coverage } = result;
  return {
    id,
    stackId: status.stack.id,
    trigger,
    startedAt,
    finishedAt,
    outcome: isComplete ? "complete" : "incomplete",
    coverage,
  };
}

export function checkEntry(result: CheckResult, id: string): OutboxEntry {
  return { id, entry: completedEntry(result, id) as unknown as JsonObject, content: [] };
}

function sameCoverage(one: object | undefined, other: object): boolean {
  return (
    one !== undefined &&
    JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
  );
}
