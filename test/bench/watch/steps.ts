import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { stackIdOf } from "../../../packages/anchorwatch/src/app/watch/foundStack.ts";
import type { RunningWatch } from "../../../packages/anchorwatch/src/app/watch/startWatch.ts";
import type { AuditEvent } from "../../../packages/anchorwatch/src/domain/auditEvent.ts";
import { BenchError } from "../error.ts";

/** Somebody in the console. */
export function auditEvent(name: string, identifiers: readonly string[]): AuditEvent {
  return {
    id: randomUUID(),
    source: "bench",
    time: new Date(),
    name,
    service: "ec2.amazonaws.com",
    actor: {
      principal: "arn:aws:sts::123456789012:assumed-role/admin/kim",
      kind: "role",
      sessionName: "kim",
      channel: "console",
    },
    identifiers,
  };
}

const PATIENCE_MS = 600_000;

export async function until(holds: () => Promise<boolean>, everyMs = 1): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new BenchError("reports_differ", "it did not come within ten minutes");
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
  const since = new Date();
  const began = performance.now();
  await Promise.all(names.map((name) => checkNow(stackIdOf(name), [])));
  await until(async () => {
    signal.throwIfAborted();
    const stacks = await records.stacks.list();
    for (const { stack, error } of stacks)
      if (error !== undefined) throw new BenchError("reports_differ", `${stack.name}: ${error.message}`);
    return stacks.every(({ lastCompleteAt }) => lastCompleteAt !== undefined && lastCompleteAt >= since);
  }, 20);
  return performance.now() - began;
}
