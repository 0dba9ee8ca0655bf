/**
 * What a shared provider's output may quote: its own configuration, and the secrets of everybody who uses it. Those of one
 * user are known while he uses it and for a while after, and are gone from what is kept of the output when they are forgotten.
 */
import { createScrubber } from "../../compare/secrets.ts";

type Mask = (text: string) => string;

/** A read that was cut off may still be told of by the provider some moments later. */
const REMEMBERED_MS = 60_000;

export class PoolMasks {
  readonly #own;
  readonly #now: () => number;
  /** Users at this moment by what masks their secrets. */
  readonly #users = new Map<Mask, number>();
  /** Users of a moment ago, until when they count. */
  readonly #recent = new Map<Mask, number>();

  /** @param own secrets of the provider's environment */
  constructor(own: readonly string[], now: () => number) {
    this.#own = createScrubber(own);
    this.#now = now;
  }

  keep(secrets: readonly string[]): void {
    this.#own.add(secrets);
  }

  enter(mask: Mask): void {
    this.#users.set(mask, (this.#users.get(mask) ?? 0) + 1);
    this.#recent.delete(mask);
  }

  leave(mask: Mask): void {
    const left = (this.#users.get(mask) ?? 1) - 1;
    if (left > 0) this.#users.set(mask, left);
    else {
      this.#users.delete(mask);
      this.#recent.set(mask, this.#now() + REMEMBERED_MS);
    }
  }

  /** Knowing the secrets of a stack means to go through its state, and most providers print nothing. */
  readonly mask: Mask = (text) =>
    text === ""
      ? text
      : [...this.#users.keys(), ...this.#recent.keys()].reduce(
          (masked, mask) => mask(masked),
          this.#own.scrub(text),
        );

  /** @param maskOutput puts what the mask makes of it in the place of the output that is kept */
  forget(maskOutput: (mask: Mask) => void): void {
    const over = [...this.#recent].filter(([, until]) => until <= this.#now()).map(([mask]) => mask);
    if (over.length === 0) return;
    maskOutput((text) => over.reduce((masked, mask) => mask(masked), text));
    for (const mask of over) this.#recent.delete(mask);
  }
}
