/** Stacks that people add, remove and have checked. */
import { hash } from "node:crypto";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Labels } from "../../domain/labels.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId, StackOrigin, StackStatus, WatchedStack } from "../../watch/stack.ts";
import { actorOf } from "../access/entries.ts";
import type { KnownRequester } from "../access/requester.ts";
import { sweepInterval } from "../configuration/sweepInterval.ts";
import { type FoundStack, stackIdOf } from "./foundStack.ts";
import { recordAdded, recordGone } from "./leavingTheWatch.ts";
import type { WatchQueues } from "./queues.ts";
import { expectedDetector } from "./stackDetector.ts";

/** A stack that somebody adds by hand. */
export interface WantedStack {
  readonly name: string;
  readonly engine: WatchedStack["engine"];
  readonly origin: StackOrigin;
  readonly workspace?: string;
  readonly labels?: Labels;
  readonly sweepEveryMs?: number;
}

export interface ManagingOptions {
  readonly records: WatchRecords;
  readonly jobs: Jobs<WatchQueues>;
  readonly now: () => Date;
  /** The one that is in force at the moment. */
  readonly sweepEveryMs: () => number;
  readonly specOf: (stack: WatchedStack) => Promise<FoundStack>;
}

/** @throws AnchorwatchError when the stack cannot be watched; `stack_name_taken` */
export async function addStack(
  wanted: WantedStack,
  requester: KnownRequester,
  options: ManagingOptions,
): Promise<StackStatus> {
  const { records, jobs, now } = options;
  const { name, engine, origin, workspace, labels } = wanted;
  const stack: WatchedStack = {
    // Once more than its name: one that was removed under that name keeps its history.
    id: stackIdOf(`${name} ${now().getTime()}`),
    name,
    engine,
    origin,
    ...(workspace === undefined ? {} : { workspace }),
    ...(labels === undefined ? {} : { labels }),
    declaredBy: "api",
    // As in a repository: more often than the operator wants it, never more rarely.
    sweepEveryMs: sweepInterval(options.sweepEveryMs(), wanted.sweepEveryMs),
    addedAt: now(),
  };
  await options.specOf(stack);
  await records.transaction(async (inside) => {
    await inside.stacks.add(stack);
    await inside.detectors.expect([expectedDetector(stack, now())]);
    await recordAdded(inside, stack, actorOf(requester), now());
  });
  await jobs.send("sweep", stack.id, { stackId: stack.id, trigger: "manual" });
  const status = await records.stacks.byId(stack.id);
  if (status === undefined) throw new AnchorwatchError("internal", "a stack that was added is not there");
  return status;
}

/** `declared`: its declaration stands in a file, and has to go from there. */
export async function removeStack(
  id: StackId,
  requester: KnownRequester,
  { records, now }: Pick<ManagingOptions, "records" | "now">,
): Promise<"removed" | "declared" | "unknown"> {
  const status = await records.stacks.byId(id);
  if (status === undefined) return "unknown";
  if (status.stack.declaredBy === "config" && status.health !== "gone") return "declared";
  await records.transaction(async (inside) => {
    // What is gone already was told then.
    if (!(await inside.stacks.remove(id))) return;
    await recordGone(inside, [status.stack], "removed", now(), actorOf(requester));
  });
  return "removed";
}

/** No addresses: of the whole stack. */
export async function checkNow(
  id: StackId,
  addresses: readonly string[],
  { records, jobs }: Pick<ManagingOptions, "records" | "jobs">,
): Promise<"queued" | "gone" | "unknown"> {
  const status = await records.stacks.byId(id);
  if (status === undefined) return "unknown";
  if (status.health === "gone") return "gone";
  // Of one key one job is queued, and what a later one carries would be lost.
  const key = addresses.length === 0 ? id : `${id} ${hash("sha256", JSON.stringify([...addresses].sort()))}`;
  await jobs.send("check", key, { stackId: id, addresses });
  return "queued";
}
