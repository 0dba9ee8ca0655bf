/** Of all processes one sees to it that what is due becomes a job, and that dead detectors are told. */
import { messageOf, type Warning } from "../../domain/errors.ts";
import { whileElected } from "../../jobs/election.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import { createAlertRecords } from "../../store/alertRecords.ts";
import type { Database } from "../../store/connect.ts";
import { stacksToJudge } from "../policy/rejudging.ts";
import { tellDeadLetters } from "./deadLetters.ts";
import { lookAtDetectors } from "./detecting.ts";
import { forgetOld, type KeepSettings } from "./forgetting.ts";
import type { WatchQueues } from "./queues.ts";
import type { WatchContext } from "./watchContext.ts";

export interface SchedulerOptions {
  readonly database: Database;
  readonly jobs: Jobs<WatchQueues>;
  readonly context: WatchContext;
  readonly keep: KeepSettings;
  /** Absent: no account is searched. */
  readonly searchEveryMs?: number;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Called when this process is the one, with what tells that it is no more. */
  readonly lead: (elected: AbortSignal) => Promise<void>;
  readonly onWarning: (warning: Warning) => void;
  readonly signal: AbortSignal;
}

const TICK_MS = 1_000;
const DETECTORS_EVERY = 5;
const MOST_AT_ONCE = 200;
const FORGET_EVERY = 3_600;
const POLICIES_EVERY = 15;

/** Until the signal aborts. */
export async function runScheduler(options: SchedulerOptions): Promise<void> {
  const { database, signal, sleep, onWarning } = options;
  const onProblem = (problem: unknown) =>
    onWarning({ code: "database_unreachable", message: messageOf(problem) });
  await whileElected(
    database,
    "scheduler",
    async (elected) => {
      await options.lead(elected).catch(onProblem);
      for (let tick = 0; !elected.aborted; tick += 1) {
        // Each by itself: that nothing can be scheduled is what dead detectors tell.
        await schedule(options).catch(onProblem);
        await scheduleSearches(options).catch(onProblem);
        await scheduleJudging(options, tick % POLICIES_EVERY === 0).catch(onProblem);
        if (tick % DETECTORS_EVERY === 0) await detect(options).catch(onProblem);
        if (tick % FORGET_EVERY === 0) await forget(options).catch(onProblem);
        await sleep(TICK_MS, elected);
      }
    },
    { signal, onProblem },
  );
}

async function detect({ context, jobs }: SchedulerOptions): Promise<void> {
  await tellDeadLetters(context.records, jobs, context.now());
  await lookAtDetectors(context);
}

function forget({ database, context: { records, now }, keep }: SchedulerOptions): Promise<void> {
  return forgetOld(records, createAlertRecords(database).alerts, keep, now());
}

/** As with stacks: should the search never come to plan the next one, there is one all the same. */
async function scheduleSearches({
  jobs,
  context: { records, now },
  searchEveryMs,
}: SchedulerOptions): Promise<void> {
  if (searchEveryMs === undefined) return;
  const at = now();
  const looks = await records.unmanaged.waitingLooks(at);
  if (looks.length > 0)
    await jobs.sendAll(
      "searchEvents",
      looks.map((account) => ({ key: account, data: { account } })),
    );
  for (const account of await records.unmanaged.dueForSearch(at)) {
    await records.transaction(async (inside) => {
      await inside.unmanaged.scheduleSearch(account, new Date(at.getTime() + searchEveryMs));
      await jobs.send("search", account, { account }, { within: inside });
    });
  }
}

/** @param asksRules whether to look, too, for what was classified by other rules than those in force */
async function scheduleJudging({ jobs, context }: SchedulerOptions, asksRules: boolean): Promise<void> {
  const due = await stacksToJudge(context, MOST_AT_ONCE, asksRules);
  if (due.length > 0)
    await jobs.sendAll(
      "judge",
      due.map((stackId) => ({ key: stackId, data: { stackId } })),
    );
}

/** Looks of which no job came about, since a process died in between, are found here; what is queued already is sent in vain. */
async function schedule({ jobs, context }: SchedulerOptions): Promise<void> {
  const { records, now } = context;
  const at = now();
  const { due } = await records.looks.waiting(at);
  if (due.length > 0) {
    await jobs.sendAll(
      "look",
      due.map((stackId) => ({ key: stackId, data: { stackId } })),
    );
  }
  for (const stack of await records.stacks.dueForSweep(at, MOST_AT_ONCE)) {
    await records.transaction(async (inside) => {
      // Should the sweep never come to plan the next one, there is one all the same.
      await inside.stacks.scheduleSweep(stack.id, new Date(at.getTime() + stack.sweepEveryMs));
      await jobs.send("sweep", stack.id, { stackId: stack.id, trigger: "schedule" }, { within: inside });
    });
  }
}
