/**
 * Does the work on every item, at most `lanes` at a time, in the order of the items. When the signal fires no further
 * item is begun. The first error of `work` ends it, after what is under way.
 */
export async function inLanes<T>(
  items: Iterable<T>,
  lanes: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  async function lane(): Promise<void> {
    while (!signal.aborted) {
      const next = iterator.next();
      if (next.done === true) return;
      await work(next.value);
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane));
}
