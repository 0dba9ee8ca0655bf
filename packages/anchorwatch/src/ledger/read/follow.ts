import type { OpenedLog } from "./openedLog.ts";
import { type FoundEntry, search } from "./search.ts";

export interface FollowOptions {
  /** From this entry on. */
  readonly from: number;
  /** Resolves when it is time to look again; false: nobody wants to know any more. */
  readonly pause: () => Promise<boolean>;
}

/**
 * Entries as they come, without an end. Every newer checkpoint has to contain the one before; an older one of the same history, as
 * a slow cache may give, only means that nothing is new.
 * @throws AnchorwatchError `ledger_forked`, `ledger_rolled_back`, and what reading throws
 */
export async function* follow(log: OpenedLog, { from, pause }: FollowOptions): AsyncIterable<FoundEntry> {
  let current = log;
  let next = from;
  for (;;) {
    yield* search(current, { fromIndex: next });
    next = Math.max(next, current.checkpoint.size);
    if (!(await pause())) return;
    current = await current.newest();
  }
}
