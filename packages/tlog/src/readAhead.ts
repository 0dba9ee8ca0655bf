/**
 * Reads items in order while the consumer is busy with earlier ones. `depth` says, before each read, how many results may be under
 * way or waiting: it bounds the memory.
 */
export async function* readAhead<Item, Result>(
  items: Iterable<Item>,
  read: (item: Item) => Promise<Result>,
  depth: () => number,
): AsyncGenerator<Result> {
  const iterator = items[Symbol.iterator]();
  const waiting: Promise<Result>[] = [];
  let next = iterator.next();
  while (true) {
    while (next.done !== true && waiting.length < Math.max(1, depth())) {
      const result = read(next.value);
      // A failure is thrown when its turn comes. A consumer that has left by then has no use for it.
      result.catch(() => undefined);
      waiting.push(result);
      next = iterator.next();
    }
    const first = waiting.shift();
    if (first === undefined) return;
    yield await first;
  }
}
