/** Takes jobs of one queue and does them, so many at a time. */
import { setTimeout as delay } from "node:timers/promises";
import type { JobWithMetadata } from "pg-boss";
import { AnchorwatchError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/jsonValue.ts";
import type { Handler, Worker } from "./jobs.ts";
import { Pauses } from "./pauses.ts";
import { runJob, type Workshop } from "./runJob.ts";

const LONGEST_PAUSE_MS = 10_000;
/** How long a handler may take to notice that it is to end. */
const LAST_GRACE_MS = 5_000;

export class QueueWorker implements Worker {
  readonly #workshop: Workshop;
  readonly #queue: string;
  readonly #concurrency: number;
  readonly #handler: Handler<JsonObject>;
  readonly #running = new Map<Promise<void>, AbortController>();
  readonly #deaf: () => void;
  readonly #loop: Promise<void>;
  readonly #pauses: Pauses;
  /** Until it asks again by itself. */
  #pauseMs: number;
  #woken = false;
  #rouse: () => void = () => {};
  #stopping: Promise<void> | undefined;

  constructor(
    workshop: Workshop,
    queue: string,
    concurrency: number,
    handler: Handler<JsonObject>,
    hear: (listener: () => void) => () => void,
  ) {
    this.#workshop = workshop;
    this.#pauses = new Pauses(workshop.pollMs, Math.max(LONGEST_PAUSE_MS, workshop.pollMs));
    this.#pauseMs = workshop.pollMs;
    this.#queue = queue;
    this.#concurrency = concurrency;
    this.#handler = handler;
    this.#deaf = hear(() => this.#wake());
    this.#loop = this.#work();
  }

  #wake(): void {
    this.#woken = true;
    this.#rouse();
  }

  async #work(): Promise<void> {
    while (this.#stopping === undefined) {
      this.#woken = false;
      const free = this.#concurrency - this.#running.size;
      const jobs = free === 0 ? [] : await this.#take(free);
      for (const job of jobs) this.#start(job);
      // There may be more than what one statement gave, while it gives any.
      if (jobs.length === 0 || jobs.length === free) await this.#untilWoken();
    }
  }

  /** One of each key at most, and none of a key that is under way anywhere. */
  async #take(free: number): Promise<readonly JobWithMetadata<JsonObject>[]> {
    const options = { batchSize: free, includeMetadata: true, groupConcurrency: 1 } as const;
    try {
      const jobs = await this.#workshop.boss.fetch<JsonObject>(this.#queue, options);
      this.#pauses.reset();
      this.#pauseMs = this.#workshop.pollMs;
      return jobs;
    } catch (error) {
      this.#workshop.onProblem(error);
      this.#pauseMs = this.#pauses.next();
      return [];
    }
  }

  #start(job: JobWithMetadata<JsonObject>): void {
    const abort = new AbortController();
    const done = runJob(this.#workshop, job, this.#handler, abort).finally(() => {
      this.#running.delete(done);
      this.#wake(); // There is room, and perhaps another job of that key.
    });
    this.#running.set(done, abort);
  }

  async #untilWoken(): Promise<void> {
    if (this.#woken || this.#stopping !== undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#pauseMs);
      this.#rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  stop(graceMs = 10_000): Promise<void> {
    this.#stopping ??= this.#stop(graceMs);
    this.#rouse();
    return this.#stopping;
  }

  async #stop(graceMs: number): Promise<void> {
    this.#deaf();
    await Promise.resolve(); // `#stopping` is set now.
    await this.#loop;
    await this.#settled(graceMs);
    for (const abort of this.#running.values()) abort.abort(interrupted());
    await this.#settled(LAST_GRACE_MS);
  }

  /** Or the time is over. */
  async #settled(withinMs: number): Promise<void> {
    if (this.#running.size === 0) return;
    const timer = new AbortController();
    const timeout = delay(withinMs, undefined, { signal: timer.signal }).catch(() => {}); // All were done before.
    await Promise.race([timeout, Promise.all(this.#running.keys())]);
    timer.abort();
  }
}

function interrupted(): AnchorwatchError {
  return new AnchorwatchError("job_interrupted", "This process ends; the job is done again by another one.");
}
