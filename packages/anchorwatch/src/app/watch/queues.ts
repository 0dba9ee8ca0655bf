import { queue } from "../../jobs/jobs.ts";

/** The work of the watch. The key of each job is the stack's id; of some addresses, with their hash. */
export const QUEUES = {
  /** What events touched of that stack. It comes again by itself: looks that were not settled stay due. */
  look: queue<{ readonly stackId: string }>({ retries: 3, longestPause: 30, timeLimit: 15 * 60 }),
  /** The whole stack. A failure is recorded, and planned anew, by the sweep itself. */
  sweep: queue<{ readonly stackId: string; readonly trigger: "schedule" | "manual" }>({ retries: 2 }),
  /** Some addresses, asked for by a person; none: the whole stack. */
  check: queue<{ readonly stackId: string; readonly addresses: readonly string[] }>({ retries: 2 }),
  /** An account: all of it, or what events tell of. A search is planned anew by itself. */
  search: queue<{ readonly account: string }>({ retries: 2, timeLimit: 60 * 60 }),
  searchEvents: queue<{ readonly account: string }>({ retries: 2, longestPause: 30, timeLimit: 15 * 60 }),
};

export type WatchQueues = typeof QUEUES;
