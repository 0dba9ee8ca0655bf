import type { AnchorwatchError } from "../domain/errors.ts";
import { type Database, openDatabase } from "../store/connect.ts";
import { createWatchRecords } from "../store/watchRecords.ts";
import type { WatchRecords } from "../watch/records.ts";
import { type Jobs, queue } from "./jobs.ts";
import { openJobs } from "./openJobs.ts";

export const QUEUES = {
  look: queue<{ readonly n: number }>({ firstPause: 0, retries: 2 }),
  once: queue<{ readonly n: number }>({ retries: 0 }),
  sweep: queue<{ readonly n: number }>(),
};

/** What one process has of the jobs. */
export interface TestProcess {
  readonly database: Database;
  readonly records: WatchRecords;
  readonly jobs: Jobs<typeof QUEUES>;
  readonly problems: AnchorwatchError[];
  close(): Promise<void>;
}

/** @param pollMs an hour: what does not come by message does not come */
export async function startProcess(url: string, pollMs = 3_600_000): Promise<TestProcess> {
  const database = await openDatabase({ url, folder: "/nowhere", userId: process.getuid?.() });
  const problems: AnchorwatchError[] = [];
  const onProblem = (problem: AnchorwatchError) => void problems.push(problem);
  const jobs = await openJobs(database, QUEUES, { onProblem, lease: 10, supervision: 1, pollMs });
  return {
    ...{ database, jobs, problems, records: createWatchRecords(database) },
    close: async () => {
      await jobs.close(0);
      await database.close();
    },
  };
}

/** Resolves with what it is given. */
export interface Gate<Value = void> {
  readonly open: (value: Value) => void;
  readonly opened: Promise<Value>;
}

export function gate<Value = void>(): Gate<Value> {
  const { promise, resolve } = Promise.withResolvers<Value>();
  return { open: resolve, opened: promise };
}

/** Lets the lease of every active job be long over, as if its process had been silent. */
export const AGE_LEASES = `
  UPDATE anchorwatch_jobs.job SET heartbeat_on = heartbeat_on - interval '1 day' WHERE state = 'active'`;
