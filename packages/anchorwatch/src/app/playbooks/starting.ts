/** Steps of drifts set playbooks in motion: what was noted is taken, and the runs and their first jobs are there, in one transaction. */
import { hash } from "node:crypto";
import type { Playbook } from "../../alerts/playbooks/playbook.ts";
import { whatItDoes } from "../../alerts/playbooks/playbook.ts";
import { eventOf, type Fitting, fits } from "../../alerts/playbooks/starting.ts";
import type { Routable } from "../../alerts/routing/route.ts";
import type { PlaybookEvent } from "../../domain/playbookEvent.ts";
import type { DriftInStack } from "../../watch/driftInStack.ts";
import type { DriftMoment, PlaybookRun } from "../../watch/playbookRun.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { RunId } from "../../watch/runId.ts";
import type { SeenResource } from "../../watch/seenResource.ts";
import { routable } from "../alerts/seenDrift.ts";
import { asWarning } from "../watch/inOurWords.ts";
import { PLAYBOOK_ACTOR, responseEntry } from "./entries.ts";
import type { PlaybookContext } from "./playbookContext.ts";

const BATCH = 50;
/** The first step has begun by then, or its job is sent again. */
export const LOOK_AGAIN_MS = 10 * 60_000;

/** @returns how many steps of drifts were looked at */
export async function startRuns(context: PlaybookContext): Promise<number> {
  return await context.records.transaction(async (records) => {
    const moments = await records.playbooks.takeMoments(BATCH);
    const playbooks = context.playbooks();
    const wanted = moments.flatMap((moment) => {
      const event = eventOf(moment);
      const meant = event === undefined ? [] : playbooks.filter(({ on }) => on.includes(event));
      return event === undefined || meant.length === 0 ? [] : [{ moment, event, meant }];
    });
    const over = moments.filter(({ kind, isExcepted }) => kind === "closed" || isExcepted);
    for (const call of await records.playbooks.calls.about(over.map(({ driftId }) => driftId)))
      await context.sendCall(call, { within: records });
    const ids = [...new Set(wanted.map(({ moment }) => moment.driftId))];
    if (ids.length === 0) return moments.length;
    const drifts = new Map((await context.drifts.byIds(ids)).map((one) => [one.drift.id, one]));
    const seen = await records.drifts.seenOf(ids);
    for (const { moment, event, meant } of wanted) {
      const found = drifts.get(moment.driftId);
      if (found === undefined) continue;
      for (const playbook of meant)
        await startOne(context, records, { playbook, event, moment, found, seen: seen.get(moment.driftId) });
    }
    return moments.length;
  });
}

interface Starting {
  readonly playbook: Playbook;
  readonly event: PlaybookEvent;
  readonly moment: DriftMoment;
  readonly found: DriftInStack;
  readonly seen: SeenResource | undefined;
}

async function startOne(context: PlaybookContext, records: WatchRecords, starting: Starting): Promise<void> {
  const { playbook, event, found, seen } = starting;
  const now = context.now();
  const fit = fitOf(context, starting, routable(found, [], seen, now, context.isBreakGlass));
  if (fit.kind === "no") return;
  const failed = fit.kind === "problem" ? `its condition could not be evaluated: ${fit.message}` : undefined;
  const run = newRun(starting, context.newId() as RunId, now, failed);
  if (!(await records.playbooks.add(run))) return;
  const { drift, stack } = found;
  const news = { at: now, actor: PLAYBOOK_ACTOR, stack, drift };
  const named = { playbook: playbook.name, run: run.id };
  const steps = playbook.steps.map(({ kind }) => kind);
  const started = { kind: "playbook.started", data: { ...named, event, steps } } as const;
  await records.outbox.put([responseEntry({ ...news, id: `playbook-${context.newId()}` }, started)]);
  if (failed === undefined) return await context.sendStep(run, 0, { within: records });
  const ended = { kind: "playbook.ended", data: { ...named, outcome: "failed", message: failed } } as const;
  await records.outbox.put([responseEntry({ ...news, id: `playbook-${context.newId()}` }, ended)]);
  context.onWarning({
    code: "playbook_failed",
    message: `the playbook ${playbook.name} was not started for the drift ${drift.id}: ${failed}`,
    hint: "Correct its condition in anchorwatch.server.yaml; has(x.y) asks whether something is there.",
  });
}

/** What a drift holds is others' choice: should it make this fail, the other drifts have their playbooks all the same. */
function fitOf(
  { onWarning }: PlaybookContext,
  { playbook, moment, found }: Starting,
  about: Routable,
): Fitting {
  try {
    return fits(playbook, { ...about, severity: moment.severity ?? about.severity });
  } catch (error) {
    onWarning(asWarning(error));
    return {
      kind: "problem",
      message: `it failed in a way that nobody expected, over the drift ${found.drift.id}`,
    };
  }
}

function newRun(
  { playbook, event, moment, found }: Starting,
  id: RunId,
  now: Date,
  failed: string | undefined,
): PlaybookRun {
  const status = failed === undefined ? ("waiting" as const) : ("skipped" as const);
  return {
    ...{ id, key: keyOf(playbook, event, moment), playbook: playbook.name, digest: playbook.digest },
    ...{ driftId: found.drift.id, stackId: found.stack.id, event, startedAt: now, updatedAt: now },
    ...(failed === undefined
      ? { status: "running", lookAt: new Date(now.getTime() + LOOK_AGAIN_MS) }
      : { status: "failed", endedAt: now, because: failed }),
    steps: playbook.steps.map((step) => ({
      kind: step.kind,
      does: whatItDoes(step),
      status,
      attempts: 0,
    })),
  };
}

/** A severity that goes up and down is told once for each height, as long as the drift is open. */
function keyOf(
  { name }: Playbook,
  event: PlaybookEvent,
  { driftId, number, severity, times }: DriftMoment,
): string {
  const which = event === "escalated" ? [times, severity] : [number];
  return hash("sha256", JSON.stringify([name, driftId, event, ...which]));
}
