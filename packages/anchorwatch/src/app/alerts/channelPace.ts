/** How fast a channel is told: no faster than its service takes it, and not at all for a while when it fails again and again. */

export interface PaceSettings {
  readonly mostPerMinute: number;
}

/** So many fail one after the other before nobody else is tried for a while. */
const FAILURES = 3;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

export class ChannelPace {
  readonly #most: number;
  /** Of the last ones that were sent. */
  readonly #sent: number[] = [];
  #failures = 0;
  #pausedUntil = 0;

  constructor({ mostPerMinute }: PaceSettings) {
    this.#most = mostPerMinute;
  }

  /** When the next one may go, in milliseconds; not after `now`: at once. */
  nextAt(now: number): number {
    const oldest = this.#sent[0];
    const isFull = this.#sent.length >= this.#most && oldest !== undefined;
    return Math.max(this.#pausedUntil, isFull ? oldest + MINUTE_MS : now);
  }

  begins(now: number): void {
    this.#sent.push(now);
    while (this.#sent.length > this.#most) this.#sent.shift();
  }

  worked(): void {
    this.#failures = 0;
    this.#pausedUntil = 0;
  }

  /** The service is not well, or does not want more. @param afterMs what it asks for */
  failed(now: number, afterMs: number | undefined): void {
    this.#failures += 1;
    if (afterMs !== undefined) this.#pausedUntil = Math.max(this.#pausedUntil, now + afterMs);
    if (this.#failures < FAILURES) return;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - FAILURES));
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pause);
  }
}
