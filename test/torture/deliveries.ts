/** Hands events to processes of a watch as a source does: again and again until one says that it was taken. */
import { setTimeout as sleep } from "node:timers/promises";
import type { AuditEvent } from "../../packages/anchorwatch/src/domain/auditEvent.ts";
import type { WatchProcess } from "./watchProcess.ts";

export interface DeliveryOptions {
  /** Those that there are at the moment. */
  readonly workers: () => readonly (WatchProcess | undefined)[];
  /** 0 to below 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** With more at a time, most would only be taken when nothing is killed any more. */
const IN_FLIGHT = 20;
const ANSWER_MS = 10_000;
const PAUSE_MS = 100;

export class Deliveries {
  readonly #options: DeliveryOptions;
  readonly #underWay = new Set<Promise<void>>();
  #isOver = false;
  /** Ids of events that somebody said were taken. */
  readonly acknowledged = new Set<string>();
  /** So often an event was handed in again. */
  redelivered = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  get hasRoom(): boolean {
    return this.#underWay.size < IN_FLIGHT;
  }

  begin(event: AuditEvent): void {
    const delivery = this.#deliver(event).finally(() => this.#underWay.delete(delivery));
    this.#underWay.add(delivery);
  }

  /** Resolves when all that was begun was taken. */
  async allTaken(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** What was not taken by now is given up. */
  end(): void {
    this.#isOver = true;
  }

  /** And sometimes once more. */
  async #deliver(event: AuditEvent): Promise<void> {
    const { workers, random, signal } = this.#options;
    while (!signal.aborted && !this.#isOver) {
      const open = workers().filter((worker) => worker?.isOpen === true);
      const worker = open[Math.floor(random() * open.length)];
      if (worker !== undefined) {
        const isTaken = await Promise.race([
          worker.deliver([event]),
          sleep(ANSWER_MS, false, { ref: false }),
        ]);
        if (isTaken) this.acknowledged.add(event.id);
        if (isTaken && random() < 0.9) return;
        this.redelivered += 1;
      }
      await sleep(PAUSE_MS);
    }
  }
}
