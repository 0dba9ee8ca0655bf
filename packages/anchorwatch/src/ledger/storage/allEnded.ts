/** Rejects with the first failure, but only when all have ended: nothing goes on behind the caller's back. */
export async function allEnded(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** So many items at once. After a failure the others go on to the end; then it rejects with the first one. */
export async function eachAtOnce<Item>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const work = async () => {
    for (const item of queue) await act(item);
  };
  await allEnded(Array.from({ length: Math.min(atOnce, items.length) }, work));
}
