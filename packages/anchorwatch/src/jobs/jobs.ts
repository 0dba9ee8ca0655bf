/**
 * Work that has to be done once, by whichever process is free, and that survives the process which does it. A job has a key: of one
 * key at most one is queued and at most one is under way, whatever is sent.
 */
import type { JsonObject } from "../domain/jsonValue.ts";
import type { WatchRecords } from "../watch/records.ts";

/** How the jobs of one queue are treated. `Data` is what they carry: identifiers, no U+0000, small. */
export interface Queue<Data extends JsonObject> {
  readonly retries: number;
  /** Seconds before the first retry; doubled each time, up to `longestPause`. */
  readonly firstPause: number;
  readonly longestPause: number;
  /** Seconds that one attempt may take, signs of life or not; less than a day. */
  readonly timeLimit: number;
  readonly _data?: Data;
}

export type Queues = Readonly<Record<string, Queue<JsonObject>>>;

export type DataOf<All extends Queues, Name extends keyof All> = NonNullable<All[Name]["_data"]>;

/** Declares a queue: `queue<{ stackId: string }>()`. */
export function queue<Data extends JsonObject>(settings: Partial<Queue<Data>> = {}): Queue<Data> {
  return { retries: 5, firstPause: 1, longestPause: 300, timeLimit: 4 * 3_600, ...settings };
}

export interface Jobs<All extends Queues> {
  /**
   * Queues a job, unless one of that key is queued: that one keeps its data, and starts the earlier of the two times. A job of that key
   * that is under way does not count, since it may have begun before what this one is sent for. Where one waits for its next attempt,
   * it keeps its time.
   * @throws AnchorwatchError `database_…`
   */
  send<Name extends keyof All & string>(
    name: Name,
    key: string,
    data: DataOf<All, Name>,
    options?: SendOptions,
  ): Promise<void>;
  /** Several at once. */
  sendAll<Name extends keyof All & string>(
    name: Name,
    jobs: readonly { readonly key: string; readonly data: DataOf<All, Name> }[],
    options?: SendOptions,
  ): Promise<void>;
  /** Does the jobs of a queue in this process, from now on. */
  work<Name extends keyof All & string>(
    name: Name,
    options: { readonly concurrency: number },
    handler: Handler<DataOf<All, Name>>,
  ): Worker;
  /**
   * Sends a job again and again. One schedule for each queue and key; declared anew, it is replaced.
   * @param cron five fields, UTC; exact to about half a minute
   * @throws AnchorwatchError `job_queue_failed` when that is no schedule
   */
  schedule<Name extends keyof All & string>(
    name: Name,
    key: string,
    cron: string,
    data: DataOf<All, Name>,
  ): Promise<void>;
  unschedule(name: keyof All & string, key: string): Promise<void>;
  /** What failed for good, the newest first; kept for 14 days, or until a job of the same key goes well. */
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
  /** Gives a dead letter one more attempt. */
  revive(letter: Pick<DeadLetter, "queue" | "id">): Promise<void>;
  depths(): Promise<readonly QueueDepth[]>;
  /** Stops the workers, see `Worker.stop`, and everything else. May be called twice. */
  close(graceMs?: number): Promise<void>;
}

export interface SendOptions {
  readonly startAfter?: Date;
  /** Of a transaction: the job is there when that is committed, and not before. */
  readonly within?: WatchRecords;
}

export type Handler<Data> = (job: RunningJob<Data>) => Promise<void>;

export interface RunningJob<Data> {
  readonly id: string;
  readonly key: string;
  readonly data: Data;
  /** From 1. */
  readonly attempt: number;
  /**
   * Aborted with an AnchorwatchError: `job_lease_lost` when another process may have the job now, `job_interrupted` when this process
   * ends. A handler that rejects after that is done again elsewhere.
   */
  readonly signal: AbortSignal;
  /**
   * Nobody else gets the job before the transaction of these records ends; without this, a process that slept through its lease could
   * write over what its successor found.
   * @throws AnchorwatchError `job_lease_lost`
   */
  hold(records: WatchRecords): Promise<void>;
}

export interface Worker {
  /** Takes no new jobs, gives those under way so long, and then aborts their signals. */
  stop(graceMs?: number): Promise<void>;
}

export interface DeadLetter {
  readonly queue: string;
  readonly id: string;
  readonly key: string;
  readonly data: JsonObject;
  readonly attempts: number;
  readonly failedAt: Date;
  /** Of the last attempt; a process that vanished leaves none of its own. */
  readonly error: { readonly code?: string; readonly message: string };
}

export interface QueueDepth {
  readonly queue: string;
  /** Could start now. */
  readonly ready: number;
  /** Wait for their time. */
  readonly waiting: number;
  readonly active: number;
  readonly dead: number;
  /** When the one could have started that waits longest. */
  readonly oldestReadyAt?: Date;
}
