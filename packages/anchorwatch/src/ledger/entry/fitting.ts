/** Of a list in an entry's data, the first ones: an entry has 65,535 bytes, and other members beside them. */
const LIST_BYTES = 30_000;

/** Those that together take no more than that as JSON. */
export function fitting<Item>(items: readonly Item[]): Item[] {
  let left = LIST_BYTES;
  const end = items.findIndex((item) => {
    left -= Buffer.byteLength(JSON.stringify(item)) + 1;
    return left < 0;
  });
  return end < 0 ? [...items] : items.slice(0, end);
}
