/** What differs between two long texts, without what they share. */

export type DiffLine =
  | { readonly side: "both" | "recorded" | "live"; readonly text: string }
  | { readonly side: "gap"; readonly hidden: number };

/** Above this many comparisons the middle is shown as removed and added whole: the texts are attacker-controlled. */
const MOST_COMPARISONS = 1_000_000;

/** Lines of both texts in order, with so many lines around each difference. */
export function diffLines(recorded: string, live: string, context: number): readonly DiffLine[] {
  const a = recorded.split("\n");
  const b = live.split("\n");
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  // Joined by arrays, not by arguments: of those a text of a hundred thousand lines has too many for one call.
  const lines = [
    ...sideOf(a.slice(0, start), "both"),
    ...diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...sideOf(a.slice(a.length - end), "both"),
  ];
  return foldShared(lines, context);
}

function diffMiddle(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  if (a.length * b.length > MOST_COMPARISONS) return [...sideOf(a, "recorded"), ...sideOf(b, "live")];
  const lengths = commonLengths(a, b);
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ side: "both", text: a[i] ?? "" });
      i++;
      j++;
    } else if ((lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)) {
      lines.push({ side: "recorded", text: a[i++] ?? "" });
    } else {
      lines.push({ side: "live", text: b[j++] ?? "" });
    }
  }
  return [...lines, ...sideOf(a.slice(i), "recorded"), ...sideOf(b.slice(j), "live")];
}

/** Length of the longest common subsequence of every pair of endings. */
function commonLengths(a: readonly string[], b: readonly string[]): readonly Uint32Array[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i] as Uint32Array;
    const next = lengths[i + 1] as Uint32Array;
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

function sideOf(texts: readonly string[], side: "both" | "recorded" | "live"): readonly DiffLine[] {
  return texts.map((text) => ({ side, text }));
}

function foldShared(lines: readonly DiffLine[], context: number): readonly DiffLine[] {
  const near = new Set<number>();
  for (const [index, { side }] of lines.entries()) {
    if (side === "both") continue;
    for (let i = index - context; i <= index + context; i++) near.add(i);
  }
  const folded: DiffLine[] = [];
  let hidden = 0;
  for (const [index, given] of lines.entries()) {
    if (!near.has(index)) hidden++;
    else {
      if (hidden > 0) folded.push({ side: "gap", hidden });
      hidden = 0;
      folded.push(given);
    }
  }
  if (hidden > 0) folded.push({ side: "gap", hidden });
  return folded;
}

export interface Excerpt {
  readonly before: boolean;
  readonly text: string;
  readonly after: boolean;
}

/** The parts of two long texts in one line around their first difference, of at most `limit` characters each. */
export function excerpts(recorded: string, live: string, limit: number): readonly [Excerpt, Excerpt] {
  if (recorded.length <= limit && live.length <= limit) return [whole(recorded), whole(live)];
  let shared = 0;
  while (shared < recorded.length && recorded[shared] === live[shared]) shared++;
  const start = Math.max(0, shared - Math.floor(limit / 4));
  return [excerpt(recorded, start, limit), excerpt(live, start, limit)];
}

function whole(text: string): Excerpt {
  return { before: false, text, after: false };
}

function excerpt(text: string, start: number, limit: number): Excerpt {
  const from = text.length <= limit ? 0 : Math.min(start, text.length);
  return { before: from > 0, text: text.slice(from, from + limit), after: from + limit < text.length };
}
