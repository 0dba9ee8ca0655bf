import { z } from "zod";
import type { DryRun } from "../../app/playbooks/dryRun.ts";
import type { ShownPlaybook } from "../../app/playbooks/servedPlaybooks.ts";
import { PLAYBOOK_EVENTS } from "../../domain/playbookEvent.ts";
import type { PlaybookRun } from "../../watch/playbookRun.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { count, maybeTime, schemaName, time, timeOf } from "./wire.ts";

const event = z.enum(PLAYBOOK_EVENTS);
const does = z.string().meta({ description: "What it does, in a sentence." });

export const playbookShape = z
  .object({
    name: z.string(),
    on: z.array(event),
    steps: z.array(
      z.object({ kind: z.string(), does, timeoutMs: count, onFailure: z.enum(["continue", "stop"]) }),
    ),
  })
  .meta({ id: "Playbook", description: "What is set in motion by drift; of the operator's file." });

export const playbookRunShape = z
  .object({
    schema: schemaName("playbook-run"),
    id: z.string(),
    playbook: z.string(),
    driftId: z.string(),
    stackId: z.string(),
    event,
    status: z.enum(["running", "done", "stopped", "failed"]).meta({
      description: "done: the last step was taken. stopped: a step said that the rest is not needed.",
    }),
    startedAt: time,
    updatedAt: time,
    endedAt: time.optional(),
    because: z.string().optional().meta({ description: "Why it did not go to its end." }),
    steps: z.array(
      z.object({
        kind: z.string(),
        does,
        status: z.enum(["waiting", "running", "done", "failed", "stopped", "skipped"]),
        startedAt: time.optional(),
        endedAt: time.optional(),
        attempts: count,
        outcome: z.string().optional().meta({ description: "What came of it, or what went wrong last." }),
      }),
    ),
  })
  .meta({ id: "PlaybookRun", description: "A playbook that a drift has set in motion, step by step." });

export const dryRunShape = z
  .object({
    schema: schemaName("playbook-dry-run"),
    playbook: z.string(),
    driftId: z.string(),
    on: z.array(event),
    holds: z.boolean().optional().meta({
      description: "Whether what it asks of a drift holds for this one. Absent: nobody can tell.",
    }),
    because: z.string().optional().meta({ description: "Why it would not start." }),
    steps: z.array(z.object({ kind: z.string(), does, problem: z.string().optional() })),
  })
  .meta({ id: "PlaybookDryRun", description: "What a playbook would do. Nothing of it was done." });

export function presentPlaybook({ name, on, steps }: ShownPlaybook): z.infer<typeof playbookShape> {
  return { name, on: [...on], steps: steps.map((step) => ({ ...step })) };
}

export function presentRun(run: PlaybookRun): z.infer<typeof playbookRunShape> {
  const { id, playbook, driftId, stackId, event: what, status, startedAt, updatedAt, endedAt, because } = run;
  return withoutUndefined({
    schema: "anchorwatch.playbook-run/v1" as const,
    ...{ id, playbook, driftId, stackId, event: what, status, because },
    ...{ startedAt: timeOf(startedAt), updatedAt: timeOf(updatedAt), endedAt: maybeTime(endedAt) },
    steps: run.steps.map((step) =>
      withoutUndefined({
        ...{ kind: step.kind, does: step.does, status: step.status, attempts: step.attempts },
        ...{ startedAt: maybeTime(step.startedAt), endedAt: maybeTime(step.endedAt), outcome: step.outcome },
      }),
    ),
  });
}

export function presentDryRun({ holds, on, steps, ...rest }: DryRun): z.infer<typeof dryRunShape> {
  return {
    schema: "anchorwatch.playbook-dry-run/v1",
    ...rest,
    on: [...on],
    ...(holds === undefined ? {} : { holds }),
    steps: steps.map((step) => ({ ...step })),
  };
}
