/** What came of a step, what follows from it, and the ledger's entries: one transaction. */
import type { PlaybookStep } from "../../alerts/playbooks/playbook.ts";
import type { DriftInStack } from "../../watch/driftInStack.ts";
import type { PlaybookRun, RunStep } from "../../watch/playbookRun.ts";
import type { OutboxEntry } from "../../watch/records.ts";
import type { CheckJob } from "../watch/checking.ts";
import { PLAYBOOK_ACTOR, responseEntry } from "./entries.ts";
import type { PlaybookContext } from "./playbookContext.ts";
import { LOOK_AGAIN_MS } from "./starting.ts";
import type { Done } from "./steps/deed.ts";

export type Outcome = Done | { readonly kind: "failed"; readonly message: string };

export interface Settling {
  readonly run: Pick<PlaybookRun, "id">;
  /** From 0. */
  readonly index: number;
  readonly found: DriftInStack;
  readonly onFailure: PlaybookStep["onFailure"];
  readonly job: CheckJob;
}

export async function settleStep(
  context: PlaybookContext,
  settling: Settling,
  outcome: Outcome,
): Promise<void> {
  const { run, index, job } = settling;
  const now = context.now();
  await context.records.transaction(async (records) => {
    await job.hold(records);
    const known = await records.playbooks.lock(run.id);
    const step = known?.steps[index];
    if (known === undefined || known.status !== "running" || step?.status !== "running") return;
    if (outcome.kind === "done") await outcome.within?.(records);
    const after = ranOn(known, index, outcome, settling.onFailure, now);
    await records.playbooks.save(after);
    await records.outbox.put(entriesOf(context, settling, after, outcome));
    if (outcome.kind === "failed") await records.playbooks.calls.giveUp(run.id, index, now);
    if (after.status === "running") await context.sendStep(after, index + 1, { within: records });
  });
}

function ranOn(
  run: PlaybookRun,
  index: number,
  outcome: Outcome,
  onFailure: PlaybookStep["onFailure"],
  now: Date,
): PlaybookRun {
  const { lookAt: _, ...known } = run;
  const goesOn = outcome.kind === "done" || (outcome.kind === "failed" && onFailure === "continue");
  const isLast = index === run.steps.length - 1;
  const steps = run.steps.map((step, place): RunStep => {
    if (place === index) return { ...step, status: outcome.kind, endedAt: now, outcome: outcome.message };
    return place > index && !goesOn ? { ...step, status: "skipped" } : step;
  });
  const common = { ...known, steps, updatedAt: now };
  if (goesOn && !isLast) return { ...common, lookAt: new Date(now.getTime() + LOOK_AGAIN_MS) };
  if (goesOn) return { ...common, status: "done", endedAt: now };
  const status = outcome.kind === "stopped" ? ("stopped" as const) : ("failed" as const);
  return { ...common, status, endedAt: now, because: `step ${index + 1}: ${outcome.message}` };
}

function entriesOf(
  { now, newId }: PlaybookContext,
  { index, found: { drift, stack } }: Settling,
  run: PlaybookRun,
  outcome: Outcome,
): readonly OutboxEntry[] {
  const step = run.steps[index];
  const news = { at: now(), actor: PLAYBOOK_ACTOR, stack, drift };
  const named = { playbook: run.playbook, run: run.id };
  const content = outcome.kind === "done" ? (outcome.content ?? []) : [];
  const taken = responseEntry(
    { ...news, id: `playbook-${newId()}`, content },
    {
      kind: "playbook.step",
      data: {
        ...{ ...named, step: index + 1, kind: step?.kind ?? "", outcome: outcome.kind },
        ...{ message: outcome.message, attempts: step?.attempts ?? 0 },
      },
    },
  );
  if (run.status === "running") return [taken];
  const message = run.because === undefined ? {} : { message: run.because };
  const data = { ...named, outcome: run.status, ...message };
  return [taken, responseEntry({ ...news, id: `playbook-${newId()}` }, { kind: "playbook.ended", data })];
}
