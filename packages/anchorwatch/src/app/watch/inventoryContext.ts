/** What the searches for what no stack has share. */
import type { InventoryMachine } from "./inventoryPlace.ts";
import type { ProvidersOf } from "./inventoryProviders.ts";
import type { AccountSettings, UnmanagedSettings } from "./unmanagedSettings.ts";
import type { WatchContext } from "./watchContext.ts";

export interface InventoryContext
  extends Pick<WatchContext, "records" | "identities" | "rules" | "now" | "newId" | "onWarning"> {
  readonly settings: UnmanagedSettings;
  readonly machine: InventoryMachine;
  /** Asks the providers of the stacks of an account. */
  readonly providersOf: ProvidersOf;
  /** Everybody who deploys any stack. */
  readonly deliverers: readonly string[];
}

/** What was seen young, and may be a deployment that goes on, is looked at again so late. */
export const GRACE_MS = 15 * 60_000;
/** The name of its detector. */
export function inventoryDetector({ name }: Pick<AccountSettings, "name">): string {
  return `unmanaged:${name}`;
}

/** So long without a search that saw everything is an alarm. */
export function inventoryPatienceMs({ everyMs }: UnmanagedSettings): number {
  return 2 * everyMs + GRACE_MS;
}
