import { createProviderPool, type ProviderPool } from "../../terraform/provider/pool.ts";
import { processMemory } from "../../terraform/provider/processMemory.ts";
import { environmentSecrets } from "../environmentSecrets.ts";
import type { WatchMachine } from "./watchMachine.ts";
import type { WatchLimits } from "./watchSettings.ts";

/** A provider that nobody used for so long is put away, however much memory there is. */
const IDLE_MS = 15 * 60_000;

export function openProviderPool(
  limits: WatchLimits,
  machine: Pick<WatchMachine, "elapsed" | "sleep" | "every">,
): ProviderPool {
  return createProviderPool({
    memoryBudget: limits.providerMemory,
    idleMs: IDLE_MS,
    limits: {
      readsInFlight: limits.readsPerAccount,
      readsPerSecond: limits.readsPerSecondPerAccount,
    },
    clock: { now: machine.elapsed, sleep: (milliseconds) => machine.sleep(milliseconds) },
    every: machine.every,
    memoryOf: processMemory,
    secretsOf: environmentSecrets,
  });
}
