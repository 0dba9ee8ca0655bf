/** When a stack is swept: spread over the interval, so that two hundred stacks do not ask the cloud at once. */

/** Of the interval, how much a sweep may come earlier or later. */
const JITTER = 0.1;

/** @param random from 0 to 1 */
export function firstSweep(now: Date, everyMs: number, random: number): Date {
  return new Date(now.getTime() + Math.floor(random * Math.min(everyMs, FIRST_WITHIN_MS)));
}

export function nextSweep(now: Date, everyMs: number, random: number): Date {
  return new Date(now.getTime() + Math.floor(everyMs * (1 - JITTER + 2 * JITTER * random)));
}

/** After so many failures in a row; soon at first, and never later than the next sweep would be. */
export function retrySweep(now: Date, everyMs: number, failures: number): Date {
  const backoff = FIRST_RETRY_MS * 2 ** Math.min(failures - 1, MOST_DOUBLINGS);
  return new Date(now.getTime() + Math.min(backoff, everyMs));
}

/** Nobody waits an hour to see a stack that was just added. */
const FIRST_WITHIN_MS = 60_000;
const FIRST_RETRY_MS = 10_000;
const MOST_DOUBLINGS = 10;
