/** When a stack is swept: spread over the interval, so that two hundred stacks do not ask the cloud at once. */

/** Of the interval, how much a sweep may come earlier or later. */
const JITTER = 0.1;

/**
 * Of stacks that are new together: the first at once, the others one after the other, and all within their interval.
 * @param index of the stack among them, from 0
 * @param random from 0 to 1
 */
export function firstSweep(now: Date, everyMs: number, index: number, random: number): Date {
  const after = index === 0 ? 0 : Math.floor((index - 1 + random) * BETWEEN_NEW_MS);
  return new Date(now.getTime() + (after % everyMs));
}

export function nextSweep(now: Date, everyMs: number, random: number): Date {
  return new Date(now.getTime() + Math.floor(everyMs * (1 - JITTER + 2 * JITTER * random)));
}

/** After so many failures in a row; soon at first, and never later than the next sweep would be. */
export function retrySweep(now: Date, everyMs: number, failures: number): Date {
  const backoff = FIRST_RETRY_MS * 2 ** Math.min(failures - 1, MOST_DOUBLINGS);
  return new Date(now.getTime() + Math.min(backoff, everyMs));
}

/** Two hundred new ones take twenty seconds to begin, which is about what a machine needs to sweep them. */
const BETWEEN_NEW_MS = 100;
const FIRST_RETRY_MS = 10_000;
const MOST_DOUBLINGS = 10;
