import { EvaluationFailure } from "./failure.ts";

/** About two seconds of work; real configurations take a thousandth of it. */
const STEPS = 2_000_000;

/** The work that one repository may cause: it is untrusted, and a dozen lines of `for` can ask for years. */
export class Budget {
  #left: number;
  readonly #steps: number;

  constructor(steps = STEPS) {
    this.#left = steps;
    this.#steps = steps;
  }

  /** @throws EvaluationFailure when nothing is left */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left >= 0) return;
    throw new EvaluationFailure(
      `evaluating this configuration takes more than ${this.#steps} steps; a loop in it is too large`,
      { limit: true },
    );
  }
}
