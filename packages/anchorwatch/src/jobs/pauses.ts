/** Between attempts to reach a database that is away: each is twice as long as the one before, so that nobody's log overflows. */
export class Pauses {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #nextMs: number;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#nextMs = firstMs;
  }

  next(): number {
    const pause = this.#nextMs;
    this.#nextMs = Math.min(2 * pause, this.#longestMs);
    return pause;
  }

  /** It was reached. */
  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
