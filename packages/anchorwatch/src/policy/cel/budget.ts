/** How much work expressions may make: what they look at is chosen by whoever changes the cloud. */
import { CelFailure } from "./failure.ts";

/**
 * Steps of one expression: 2 to 40 ms, by what they are spent on; 0.2 s with the dearest patterns. Each part of an expression is one each
 * time it is evaluated; texts and lists count by length, and what takes longer (patterns, blocks of addresses, zones, failures) by about
 * as much as it takes.
 */
const STEPS_OF_ONE = 200_000;

/** Steps of all rules of one origin over one drift: ten times as much. */
const STEPS_OF_ALL = 2_000_000;

/** Counts down. One for all rules of an origin; each expression of it may take at most `STEPS_OF_ONE`. */
export class Budget {
  #all: number;
  #one = 0;

  constructor(all: number = STEPS_OF_ALL) {
    this.#all = all;
  }

  /** The next expression begins. */
  begin(): void {
    this.#one = Math.min(STEPS_OF_ONE, this.#all);
  }

  /** @throws CelFailure when there is nothing left; from then on always */
  take(steps: number): void {
    this.#one -= steps;
    this.#all -= steps;
    if (this.#one < 0) throw new CelFailure("it takes too long over this drift, and was stopped");
  }

  /** @param size characters or members that are looked at */
  takeFor(size: number): void {
    if (size > 32) this.take(size >> 5);
  }
}
