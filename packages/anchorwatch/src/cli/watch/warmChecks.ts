/** Checks one after the other of the same stacks: what was read stays, providers stay running. */
import type { CheckObserver, CheckRequest } from "../../app/checkRequest.ts";
import type { LedgerMachine } from "../../app/ledger/ledgerMachine.ts";
import type { Machine } from "../../app/machine.ts";
import { openProviderPool } from "../../app/watch/providerPool.ts";
import { createHotStacks } from "../../app/watch/stacks/hotStacks.ts";
import type { WatchLimits } from "../../app/watch/watchSettings.ts";
import type { CheckResult } from "../../domain/check.ts";

export interface WarmChecks {
  /**
   * @param id of the stack: what is known of it is used again
   * @throws AnchorwatchError when the check cannot be made at all
   */
  check(
    id: string,
    request: CheckRequest,
    on: Pick<CheckObserver, "result" | "signal">,
  ): Promise<CheckResult>;
  /** Resolves when no process is left. */
  close(): Promise<void>;
}

const HELD_BYTES = 256 * 1024 * 1024;

export function openWarmChecks(
  machine: Machine,
  {
    limits,
    sleep,
    elapsed,
    every,
  }: {
    readonly limits: WatchLimits;
    readonly sleep: LedgerMachine["sleep"];
    /** Milliseconds from any start. */
    readonly elapsed: () => number;
    readonly every: (milliseconds: number, work: () => void) => () => void;
  },
): WarmChecks {
  const pool = openProviderPool(limits, { elapsed, sleep, every });
  const hot = createHotStacks({ machine, open: pool.open }, HELD_BYTES);
  return {
    check: async (id, { targets: _, trigger, timeoutMs: __, ...request }, { result, signal }) =>
      await hot.with(id, { request, trust: { kind: "own" } }, signal, (stack) =>
        stack.check({ trigger, onResult: result, signal }),
      ),
    close: async () => {
      hot.close();
      await pool.close();
    },
  };
}
