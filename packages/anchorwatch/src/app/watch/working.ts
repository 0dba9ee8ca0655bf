/** The jobs of the watch, done in this process. */
import type { Jobs } from "../../jobs/jobs.ts";
import type { CallId } from "../../watch/playbookCall.ts";
import type { RunId } from "../../watch/runId.ts";
import type { StackId } from "../../watch/stack.ts";
import { keepCall } from "../playbooks/keepingCalls.ts";
import type { PlaybookContext } from "../playbooks/playbookContext.ts";
import { takeStep } from "../playbooks/running.ts";
import { judgeStack } from "../policy/rejudging.ts";
import { checkWatched } from "./checking.ts";
import type { InventoryContext } from "./inventoryContext.ts";
import { lookForEvents } from "./inventoryEvents.ts";
import { searchAccount } from "./inventorying.ts";
import { lookAtDue } from "./looking.ts";
import type { WatchQueues } from "./queues.ts";
import { sweep } from "./sweeping.ts";
import type { WatchContext } from "./watchContext.ts";
import type { WatchSettings } from "./watchSettings.ts";

export function work(jobs: Jobs<WatchQueues>, context: WatchContext, { limits }: WatchSettings): void {
  jobs.work("look", { concurrency: limits.checks }, (job) =>
    lookAtDue(context, job.data.stackId as StackId, job),
  );
  jobs.work("sweep", { concurrency: limits.checks }, (job) =>
    sweep(context, job.data.stackId as StackId, job.data.trigger, job),
  );
  jobs.work("check", { concurrency: limits.checks }, async (job) => {
    const { stackId, addresses } = job.data;
    if (addresses.length === 0) return await sweep(context, stackId as StackId, "manual", job);
    const status = await context.records.stacks.byId(stackId as StackId);
    if (status === undefined || status.health === "gone") return;
    await checkWatched(context, status, { trigger: "manual", addresses, job });
  });
  jobs.work("judge", { concurrency: 1 }, async (job) => {
    for (const kind of await judgeStack(context, job.data.stackId as StackId, job))
      context.meter.stepped({ kind });
  });
}

/** At once: they wait for answers of others. */
const PLAYBOOK_STEPS = 10;

export function workOnPlaybooks(jobs: Jobs<WatchQueues>, context: PlaybookContext): void {
  for (const queue of ["playbook", "playbookAnswer"] as const)
    jobs.work(queue, { concurrency: PLAYBOOK_STEPS }, (job) =>
      takeStep(context, job.data.run as RunId, job.data.step, job),
    );
  jobs.work("playbookCall", { concurrency: PLAYBOOK_STEPS }, (job) =>
    keepCall(context, job.data.call as CallId, job),
  );
}

/** Accounts, one after the other: each asks a few things at once. */
export function workOnInventory(jobs: Jobs<WatchQueues>, context: InventoryContext): void {
  jobs.work("search", { concurrency: 1 }, ({ data, signal }) => searchAccount(context, data.account, signal));
  jobs.work("searchEvents", { concurrency: 2 }, ({ data, signal }) =>
    lookForEvents(context, data.account, signal),
  );
}
