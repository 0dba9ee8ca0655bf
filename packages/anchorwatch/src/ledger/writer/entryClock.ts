/** Entries carry the time of whoever appends them. Their order in the log is the log's own; a clock that jumps back is told. */
import type { Warning } from "../../domain/errors.ts";

/** Entries that are made at the same time may arrive in another order. */
const TOLERANCE_MS = 5_000;

export class EntryClock {
  #latest: number;
  readonly #now: () => Date;
  readonly #onWarning: (warning: Warning) => void;

  /** `latest` is the time of the newest entry in the log. */
  constructor(latest: string | undefined, now: () => Date, onWarning: (warning: Warning) => void) {
    this.#latest = millisecondsOf(latest);
    this.#now = now;
    this.#onWarning = onWarning;
  }

  /**
   * Warns once for each jump, not for each entry after it. An entry may be old because it waited for its turn to be appended, while
   * others were: only where this machine's own clock is behind the log, too, a clock has jumped.
   */
  see({ id, time }: { readonly id: string; readonly time: string }): void {
    const own = millisecondsOf(time);
    const reached = Math.max(own, this.#now().getTime());
    if (reached < this.#latest - TOLERANCE_MS) {
      this.#onWarning({
        code: "ledger_clock_backwards",
        message: `The entry ${id} has the time ${time}, but the log has an entry of ${new Date(this.#latest).toISOString()} already`,
        hint: "A clock was set back, or was ahead. The order of the log is right; correct the clock, because times mislead readers.",
      });
      this.#latest = reached;
    } else {
      this.#latest = Math.max(this.#latest, own);
    }
  }
}

function millisecondsOf(time: string | undefined): number {
  const parsed = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(parsed) ? Number.NEGATIVE_INFINITY : parsed;
}
