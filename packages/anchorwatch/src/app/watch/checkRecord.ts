/** The record of a check, and its entry. A sweep that finds everything as before leaves neither. */
import { hash } from "node:crypto";
import type { CheckResult, CheckTrigger } from "../../domain/check.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { formatPath } from "../../domain/path.ts";
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

/**
 * @param changes how many drifts it opened, changed or closed
 * @param ignored what rules silence now, as the stack's status has it
 */
export function isNotable(
  { status, trigger, result, isSweep }: Checked,
  isComplete: boolean,
  changes: number,
  ignored: string | undefined,
): boolean {
  if (changes > 0 || trigger === "manual" || status.health === "failed") return true;
  // Whoever silences something else than before is to be found in the ledger.
  if (ignored !== undefined && ignored !== (status.ignored ?? NOTHING_IGNORED)) return true;
  return isSweep ? !sameCoverage(status.coverage, result.coverage) : !isComplete;
}

/** Of all that rules silence in a stack: where, and which rule. */
export function ignoredDigest({ resources }: CheckResult): string {
  const places = resources.flatMap(({ address, verdict, reason, changes = [] }) => [
    ...changes.flatMap(({ path, ignoredBy }) =>
      ignoredBy === undefined ? [] : [JSON.stringify([address, formatPath(path), ignoredBy])],
    ),
    ...(verdict === "ignored" && reason !== undefined ? [JSON.stringify([address, reason.message])] : []),
  ]);
  if (places.length === 0) return NOTHING_IGNORED;
  return `sha256:${hash("sha256", [...new Set(places)].sort().join("\n"))}`;
}

const NOTHING_IGNORED = "";

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
