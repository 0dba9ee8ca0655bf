/** What the watch knows of a stack, for a deployment. */
import type { DriftRecord } from "../../watch/drift.ts";
import type { StackStatus } from "../../watch/stack.ts";
import { likeliestFirst } from "../policy/facts.ts";
import type { AskedSync, OpenDrift } from "./stackAnswer.ts";

/** What it saw too long ago says nothing, and neither does what it could not see. */
export function syncOfStack(
  status: StackStatus,
  open: readonly DriftRecord[],
  { now, maxCheckAgeMs }: { readonly now: Date; readonly maxCheckAgeMs: number },
): AskedSync {
  const drifts = open.map(openDrift);
  const because = blindness(status, now, maxCheckAgeMs);
  if (because !== undefined) return { kind: "unknown", because, drifts };
  return { kind: "known", asOf: status.lastCompleteAt ?? now, drifts };
}

function blindness(
  { stack, health, lastCompleteAt, error, openDrifts }: StackStatus,
  now: Date,
  maxCheckAgeMs: number,
): string | undefined {
  const name = JSON.stringify(stack.name);
  if (health === "gone") return `the stack ${name} is not watched any more`;
  if (health === "failed") return `the last check of ${name} failed: ${error?.message ?? "nobody knows why"}`;
  if (lastCompleteAt === undefined) return `no check of ${name} has seen all of it yet`;
  if (now.getTime() - lastCompleteAt.getTime() > maxCheckAgeMs)
    return `the last check that saw all of ${name} is of ${lastCompleteAt.toISOString()}, which is too long ago`;
  return openDrifts > MOST_DRIFTS ? `${name} has more open drift than can be told` : undefined;
}

/** That are told, the severest first. */
export const MOST_DRIFTS = 500;

function openDrift(drift: DriftRecord): OpenDrift {
  const { address, type, verdict, found, attributions, classification, excepted } = drift;
  const [first] = likeliestFirst(attributions);
  const why = classification?.rules[0]?.explanation ?? classification?.fallback?.because;
  return {
    address,
    type,
    verdict,
    attributes: attributesOf(found),
    ...(classification === undefined ? {} : { severity: classification.severity }),
    ...(why === undefined ? {} : { why }),
    ...(first === undefined ? {} : { by: nameOf(first), at: first.time }),
    ...(excepted === undefined ? {} : { exceptedUntil: excepted.until }),
  };
}

function nameOf({ person, actor }: DriftRecord["attributions"][number]): string {
  return person.kind === "mapped" ? person.name : actor.principal;
}

function attributesOf(found: DriftRecord["found"]): readonly string[] {
  const data = (found["data"] ?? {}) as {
    readonly changes?: readonly { readonly path: readonly unknown[] }[];
  };
  return [...new Set((data.changes ?? []).map(({ path: [first] }) => String(first)))];
}
