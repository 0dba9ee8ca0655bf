/** One step of a run: taken under its key as often as it has to be, settled once, and the next one queued with that. */
import { ChannelFailure } from "../../alerts/channel.ts";
import type { Playbook, PlaybookStep } from "../../alerts/playbooks/playbook.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { DriftInStack } from "../../watch/driftInStack.ts";
import type { PlaybookRun, RunStep } from "../../watch/playbookRun.ts";
import type { RunId } from "../../watch/runId.ts";
import type { CheckJob } from "../watch/checking.ts";
import type { PlaybookContext } from "./playbookContext.ts";
import { settleStep } from "./settling.ts";
import { askWebhook } from "./steps/askWebhook.ts";
import { confirm } from "./steps/confirm.ts";
import type { Deed, Done } from "./steps/deed.ts";
import { freeze } from "./steps/freeze.ts";
import { snapshot } from "./steps/snapshot.ts";
import { tell } from "./steps/tell.ts";

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Whoever took the step is dead when so long after its time nothing was settled. */
const LATE_MS = 60_000;

/** @throws AnchorwatchError `database_*`, `job_*`: it is done again then */
export async function takeStep(
  context: PlaybookContext,
  id: RunId,
  index: number,
  job: CheckJob,
): Promise<void> {
  const begun = await begin(context, id, index, job);
  if (begun === undefined) return;
  const { run, found } = begun;
  if (begun.kind === "over") {
    await settleStep(context, { run, index, found, onFailure: begun.onFailure, job }, begun.outcome);
    return;
  }
  const { step, playbook, deadline } = begun;
  const left = AbortSignal.timeout(Math.max(1, deadline.getTime() - context.now().getTime()));
  const limited: CheckJob = {
    signal: AbortSignal.any([job.signal, left]),
    hold: (records) => job.hold(records),
  };
  const deed: Deed = { context, playbook, run, index, step, found, key: `${id}-${index + 1}`, job: limited };
  const settling = { run, index, found, onFailure: step.onFailure, job };
  try {
    const done = await doIt(deed);
    await settleStep(context, settling, done);
  } catch (error) {
    job.signal.throwIfAborted();
    if (error instanceof AnchorwatchError && /^(database|job)_/.test(error.code)) throw error;
    const message = left.aborted ? timedOut(step) : problemOf(error);
    const isPassing = error instanceof ChannelFailure && error.retry === "again";
    const pause = pauseAfter(run.steps[index]?.attempts ?? 1, error);
    const again = new Date(context.now().getTime() + pause);
    if (isPassing && !left.aborted && again < deadline)
      return await tryAgain(context, { id, index, message, again, job });
    await settleStep(context, settling, { kind: "failed", message });
  }
}

function doIt(deed: Deed): Promise<Done> {
  const { step } = deed;
  switch (step.kind) {
    case "notify":
    case "page":
    case "incident":
      return tell({ ...deed, step });
    case "confirm":
      return confirm(deed);
    case "freeze":
      return freeze({ ...deed, step });
    case "snapshot":
      return snapshot(deed);
    case "webhook":
      return askWebhook({ ...deed, step });
  }
}

type Begun = { readonly run: PlaybookRun; readonly found: DriftInStack } & (
  | {
      readonly kind: "taken";
      readonly playbook: Playbook;
      readonly step: PlaybookStep;
      readonly deadline: Date;
    }
  | {
      readonly kind: "over";
      readonly onFailure: PlaybookStep["onFailure"];
      readonly outcome: { readonly kind: "failed"; readonly message: string };
    }
);

/** Undefined: it is settled already, or not its turn. */
async function begin(
  context: PlaybookContext,
  id: RunId,
  index: number,
  job: CheckJob,
): Promise<Begun | undefined> {
  const now = context.now();
  const run = await context.records.transaction(async (records) => {
    await job.hold(records);
    const known = await records.playbooks.lock(id);
    if (known === undefined || !isItsTurn(known, index)) return undefined;
    const steps = known.steps.map((step, place) => (place === index ? begunStep(step, now) : step));
    const taken = { ...known, steps, updatedAt: now, lookAt: new Date(now.getTime() + LATE_MS) };
    await records.playbooks.save(taken);
    return taken;
  });
  if (run === undefined) return undefined;
  const [found] = await context.drifts.byIds([run.driftId]);
  if (found === undefined)
    throw new AnchorwatchError("internal", "a playbook runs for a drift that is not there");
  const playbook = context
    .playbooks()
    .find(({ name, digest }) => name === run.playbook && digest === run.digest);
  const step = playbook?.steps[index];
  const over = (message: string, onFailure: PlaybookStep["onFailure"]): Begun => ({
    ...{ kind: "over", run, found, onFailure },
    outcome: { kind: "failed", message },
  });
  if (playbook === undefined || step === undefined)
    return over("the playbook is another one by now, or gone: its steps are not taken any more", "stop");
  const deadline = new Date((run.steps[index]?.startedAt ?? now).getTime() + step.timeoutMs);
  if (deadline <= now) return over(timedOut(step, run.steps[index]?.outcome), step.onFailure);
  await lookLater(context, run, deadline, job);
  return { kind: "taken", run, found, playbook, step, deadline };
}

function isItsTurn({ status, steps }: PlaybookRun, index: number): boolean {
  const next = steps.findIndex((step) => step.status === "waiting" || step.status === "running");
  return status === "running" && next === index;
}

function begunStep(step: RunStep, now: Date): RunStep {
  return { ...step, status: "running", startedAt: step.startedAt ?? now, attempts: step.attempts + 1 };
}

async function lookLater(
  { records }: PlaybookContext,
  { id }: PlaybookRun,
  deadline: Date,
  job: CheckJob,
): Promise<void> {
  await records.transaction(async (inside) => {
    await job.hold(inside);
    const known = await inside.playbooks.lock(id);
    const lookAt = new Date(deadline.getTime() + LATE_MS);
    if (known?.status === "running") await inside.playbooks.save({ ...known, lookAt });
  });
}

interface Again {
  readonly id: RunId;
  readonly index: number;
  readonly message: string;
  readonly again: Date;
  readonly job: CheckJob;
}

async function tryAgain(
  { records, sendStep, now }: PlaybookContext,
  { id, index, message, again, job }: Again,
) {
  await records.transaction(async (inside) => {
    await job.hold(inside);
    const known = await inside.playbooks.lock(id);
    if (known === undefined || !isItsTurn(known, index)) return;
    const steps = known.steps.map((step, place) => (place === index ? { ...step, outcome: message } : step));
    await inside.playbooks.save({ ...known, steps, updatedAt: now() });
    await sendStep(known, index, { within: inside, startAfter: again });
  });
}

function pauseAfter(attempts: number, error: unknown): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 20));
  return error instanceof ChannelFailure ? Math.max(pause, error.afterMs ?? 0) : pause;
}

function timedOut({ timeoutMs }: PlaybookStep, last?: string): string {
  const said = last === undefined ? "" : `; the last time ${last}`;
  return `it was not done within ${timeoutMs / 1000} s${said}`;
}

/** Of what nobody expected, the words may hold anything. */
function problemOf(error: unknown): string {
  if (error instanceof ChannelFailure || error instanceof AnchorwatchError) return error.message;
  const what = error instanceof Error ? error.name : typeof error;
  return `it failed in a way that nobody expected (${what}, ${messageOf(error).length} characters)`;
}
