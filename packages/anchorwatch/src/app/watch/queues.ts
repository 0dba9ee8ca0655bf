import { queue } from "../../jobs/jobs.ts";

/** The work of the watch. The key of each job is the stack's id; of some addresses, with their hash; of a playbook, the run's with the step. */
export const QUEUES = {
  /** What events touched of that stack. It comes again by itself: looks that were not settled stay due. */
  look: queue<{ readonly stackId: string }>({ retries: 3, longestPause: 30, timeLimit: 15 * 60 }),
  /** The whole stack. A failure is recorded, and planned anew, by the sweep itself. */
  sweep: queue<{ readonly stackId: string; readonly trigger: "schedule" | "manual" }>({ retries: 2 }),
  /** Some addresses, asked for by a person; none: the whole stack. */
  check: queue<{ readonly stackId: string; readonly addresses: readonly string[] }>({ retries: 2 }),
  /** Open drifts of which something else may have to be said: by other rules, or since time went by. It comes again by itself. */
  judge: queue<{ readonly stackId: string }>({ retries: 3, longestPause: 30, timeLimit: 15 * 60 }),
  /** A step of a playbook, counted from 0. Its tries are counted by itself: these are for processes that vanish. */
  playbook: queue<{ readonly run: string; readonly step: number }>({ retries: 10, timeLimit: 23 * 3_600 }),
  /** A step that waits for what others answer: those that make them slow hold up no other steps. */
  playbookAnswer: queue<{ readonly run: string; readonly step: number }>({
    retries: 10,
    timeLimit: 23 * 3_600,
  }),
  /** What a playbook told a channel: brought up to date, or ended. Its tries are counted by itself as well. */
  playbookCall: queue<{ readonly call: string }>({ retries: 10, timeLimit: 15 * 60 }),
  /** An account: all of it, or what events tell of. A search is planned anew by itself. */
  search: queue<{ readonly account: string }>({ retries: 2, timeLimit: 60 * 60 }),
  searchEvents: queue<{ readonly account: string }>({ retries: 2, longestPause: 30, timeLimit: 15 * 60 }),
};

export type WatchQueues = typeof QUEUES;
