import type { Repository, RepositoryStatus } from "./repository.ts";

export interface Freshness {
  readonly everyMs: number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to below 1: so that many repositories of one host are not asked in the same second. */
  readonly random: () => number;
  /** Told after each fetch, also after one that failed. Its own failure ends it all. */
  readonly onFetched: (status: RepositoryStatus) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Fetches now, and then again and again until the signal fires. */
export async function keepFresh(repository: Repository, freshness: Freshness): Promise<void> {
  const { everyMs, sleep, random, onFetched, signal } = freshness;
  while (!signal.aborted) {
    const status = await unlessAborted(repository.refresh(signal), signal);
    if (status === undefined) return;
    await onFetched(status);
    // A tenth earlier or later.
    await unlessAborted(sleep(everyMs * (0.9 + 0.2 * random()), signal), signal);
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
