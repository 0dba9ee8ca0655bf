/** Which elements of a list became which: the smallest edit that keeps the order. */

export type ElementChange =
  | { readonly kind: "changed"; readonly recorded: number; readonly live: number }
  | { readonly kind: "removed"; readonly recorded: number }
  | { readonly kind: "added"; readonly live: number };

/** Beyond this many cells the middle is compared by position: a table of that size is the price of one list. */
const MAX_CELLS = 250_000;

/**
 * What changed between two lists, given texts that are equal for equal elements. Between two elements that stayed,
 * what went and what came are paired in order as `changed`; the rest is `removed` (position in the recorded list) or
 * `added` (position in the live list).
 */
export function alignLists(recorded: readonly string[], live: readonly string[]): readonly ElementChange[] {
  let start = 0;
  let recordedEnd = recorded.length;
  let liveEnd = live.length;
  while (start < recordedEnd && start < liveEnd && recorded[start] === live[start]) start += 1;
  while (recordedEnd > start && liveEnd > start && recorded[recordedEnd - 1] === live[liveEnd - 1]) {
    recordedEnd -= 1;
    liveEnd -= 1;
  }
  const changes: ElementChange[] = [];
  let [fromRecorded, fromLive] = [start, start];
  for (const [r, l] of stayed(recorded.slice(start, recordedEnd), live.slice(start, liveEnd))) {
    gap(changes, [fromRecorded, start + r], [fromLive, start + l]);
    [fromRecorded, fromLive] = [start + r + 1, start + l + 1];
  }
  gap(changes, [fromRecorded, recordedEnd], [fromLive, liveEnd]);
  return changes;
}

type Range = readonly [from: number, to: number];

function gap(changes: ElementChange[], [r, recordedEnd]: Range, [l, liveEnd]: Range): void {
  const paired = Math.min(recordedEnd - r, liveEnd - l);
  for (let i = 0; i < paired; i += 1) changes.push({ kind: "changed", recorded: r + i, live: l + i });
  for (let i = r + paired; i < recordedEnd; i += 1) changes.push({ kind: "removed", recorded: i });
  for (let i = l + paired; i < liveEnd; i += 1) changes.push({ kind: "added", live: i });
}

/** Positions of a longest common subsequence, in order. */
function stayed(recorded: readonly string[], live: readonly string[]): [number, number][] {
  const width = live.length + 1;
  if (recorded.length * live.length > MAX_CELLS) return samePositions(recorded, live);
  const lengths = new Uint32Array((recorded.length + 1) * width);
  const at = (r: number, l: number) => lengths[r * width + l] as number;
  for (let r = recorded.length - 1; r >= 0; r -= 1) {
    for (let l = live.length - 1; l >= 0; l -= 1) {
      lengths[r * width + l] =
        recorded[r] === live[l] ? at(r + 1, l + 1) + 1 : Math.max(at(r + 1, l), at(r, l + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let r = 0, l = 0; r < recorded.length && l < live.length; ) {
    if (recorded[r] === live[l]) pairs.push([r++, l++]);
    else if (at(r + 1, l) >= at(r, l + 1)) r += 1;
    else l += 1;
  }
  return pairs;
}

function samePositions(recorded: readonly string[], live: readonly string[]): [number, number][] {
  return recorded.flatMap((text, i) => (text === live[i] ? [[i, i] as [number, number]] : []));
}
