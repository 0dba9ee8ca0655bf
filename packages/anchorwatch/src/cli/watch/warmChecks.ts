/** Checks one after the other of the same stacks: what was read stays, providers stay running. */
import type { CheckObserver, CheckRequest } from "../../app/checkRequest.ts";
import type { LedgerMachine } from "../../app/ledger/ledgerMachine.ts";
import type { Machine } from "../../app/machine.ts";
import { ownRules } from "../../app/policy/classifyCheck.ts";
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
    check: async (id, asked, { result, signal }) => {
      // The rules are no part of what makes the stack what it is: they are other functions at each round.
      const { targets: _, trigger, timeoutMs: __, policy, hasOwnRules, ...request } = asked;
      const own = { ...(policy && { policy }), ...(hasOwnRules === undefined ? {} : { hasOwnRules }) };
      return await hot.with(id, { request, trust: { kind: "own" } }, signal, async (stack) => {
        const rules = ownRules(own, { name: id, kind: "terraform" }, machine.now);
        const found = await stack.check({ trigger, onResult: result, mustTell: rules.mustTell, signal });
        return await rules.classified(found, found.wholes);
      });
    },
    close: async () => {
      hot.close();
      await pool.close();
    },
  };
}
