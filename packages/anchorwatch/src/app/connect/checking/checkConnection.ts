/** The check of a connection: step by step, each once. */

import type { CheckContext, ConnectStep } from "./context.ts";
import { eventSteps } from "./eventSteps.ts";
import { identitySteps } from "./identitySteps.ts";
import { ledgerSteps } from "./ledgerSteps.ts";
import { reasonOf } from "./refusal.ts";
import type { StepResult } from "./step.ts";
import { trailSteps } from "./trailSteps.ts";

/** Gives each result as soon as it is there. Ends its sessions. */
export async function* checkConnection(context: CheckContext): AsyncGenerator<StepResult> {
  const steps = [...identitySteps(context.options), ...eventSteps, ...trailSteps, ...ledgerSteps];
  const well = new Set<string>();
  const titles = new Map(steps.map(({ id, title }) => [id, title]));
  try {
    for (const step of steps) {
      context.signal.throwIfAborted();
      const missing = step.needs.find((id) => !well.has(id));
      const result =
        missing === undefined ? await run(step, context) : skipped(step, titles.get(missing) ?? missing);
      if (result.status === "ok") well.add(step.id);
      yield result;
    }
  } finally {
    context.sessions.read?.close();
    context.sessions.executor?.close();
  }
}

async function run(step: ConnectStep, context: CheckContext): Promise<StepResult> {
  const { id, title, expected } = step;
  context.progress(`${title}: ${expected}`);
  try {
    return { id, title, expected, ...(await step.run(context)) };
  } catch (error) {
    context.signal.throwIfAborted();
    return { id, title, expected, status: "failed", found: reasonOf(error), todo: step.todo };
  }
}

function skipped({ id, title, expected }: ConnectStep, missing: string): StepResult {
  return {
    id,
    title,
    expected,
    status: "not_checked",
    found: `not checked: it needs “${missing}”`,
    todo: `Put “${missing}” right first.`,
  };
}
