/** The search for what no stack has, in this process. */
import type { Jobs } from "../../jobs/jobs.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { InventoryContext } from "./inventoryContext.ts";
import type { InventoryMachine } from "./inventoryPlace.ts";
import { providersOfStacks } from "./inventoryProviders.ts";
import type { WatchQueues } from "./queues.ts";
import type { WatchContext } from "./watchContext.ts";
import type { WatchSettings } from "./watchSettings.ts";
import { workOnInventory } from "./working.ts";

export interface InventoryOptions {
  readonly records: WatchRecords;
  readonly jobs: Jobs<WatchQueues>;
  readonly context: WatchContext;
  readonly machine: InventoryMachine & Pick<WatchContext, "now">;
}

/** Accounts that the operator's file has no more are searched no more. @throws AnchorwatchError `database_*` */
export async function startInventory(
  { unmanaged, stacks }: WatchSettings,
  { records, jobs, context, machine }: InventoryOptions,
): Promise<void> {
  await records.unmanaged.declareAccounts(unmanaged?.accounts ?? [], machine.now());
  if (unmanaged === undefined) return;
  const deliverers = stacks.flatMap(({ delivery }) => delivery.principals);
  const { identities, rules, now, newId, onWarning } = context;
  const inventory: InventoryContext = {
    ...{ records, identities, rules, now, newId, onWarning, settings: unmanaged, machine, deliverers },
    providersOf: providersOfStacks(context),
  };
  workOnInventory(jobs, inventory);
}
