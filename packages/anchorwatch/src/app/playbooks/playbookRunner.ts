/** Sets playbooks in motion as drifts do something, and finds what nobody has gone on with. Any number of processes may do this. */
import { asWarning } from "../watch/inOurWords.ts";
import type { Wake } from "../watch/wake.ts";
import { endExpired } from "./freezes.ts";
import type { PlaybookContext } from "./playbookContext.ts";
import { LOOK_AGAIN_MS, startRuns } from "./starting.ts";

export interface RunnerOptions {
  readonly context: PlaybookContext;
  readonly wake: Wake;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** What no message told of is seen so late. */
const POLL_MS = 5_000;
const RETRY_MS = 1_000;
const MOST_OVERDUE = 100;

/** Until the signal aborts. What goes wrong is told, and tried again for ever. */
export async function runPlaybooks({ context, wake, sleep, signal }: RunnerOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      while ((await startRuns(context)) > 0) if (signal.aborted) return;
      await goOn(context);
      await endExpired(context);
      await wake.wait(POLL_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      context.onWarning(asWarning(error));
      await sleep(RETRY_MS, signal);
    }
  }
}

/** A job that was lost with all its tries is sent again: a run ends, one way or the other. */
export async function goOn({ records, sendStep, now }: PlaybookContext): Promise<void> {
  for (const { id } of await records.playbooks.overdue(now(), MOST_OVERDUE)) {
    await records.transaction(async (inside) => {
      const run = await inside.playbooks.lock(id);
      if (run?.status !== "running" || run.lookAt === undefined || run.lookAt > now()) return;
      const next = run.steps.findIndex(({ status }) => status === "waiting" || status === "running");
      await inside.playbooks.save({ ...run, lookAt: new Date(now().getTime() + LOOK_AGAIN_MS) });
      await sendStep(run, next, { within: inside });
    });
  }
}
