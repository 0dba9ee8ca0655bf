/** Where two byte strings part: the first offset at which they differ. Undefined when one is the beginning of the other. */
export function firstDifference(one: Uint8Array, other: Uint8Array): number | undefined {
  const length = Math.min(one.length, other.length);
  // A plain loop: this runs over every byte of every tile of a log.
  for (let at = 0; at < length; at++) if (one[at] !== other[at]) return at;
  return undefined;
}
