/** Messages that fit where they go: whole drifts are left out before words are, and what is left out is said. */

/** How long a text is, as the channel counts: characters of JavaScript, bytes … */
export type Measure = (text: string) => number;

export const characters: Measure = (text) => text.length;
export const bytes: Measure = (text) => Buffer.byteLength(text);

/** At most so many, the last of them `…` where something is missing. Never half a character. */
export function cut(text: string, most: number, measure: Measure = characters): string {
  if (measure(text) <= most) return text;
  const all = Array.from(text);
  let [fits, tooMany] = [0, all.length];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (measure(`${all.slice(0, middle).join("")}…`) <= most) fits = middle;
    else tooMany = middle;
  }
  return `${all.slice(0, fits).join("")}…`;
}

export interface Parts {
  readonly head: string;
  /** Of each drift: as a whole, and in a line. */
  readonly blocks: readonly { readonly whole: string; readonly short: string }[];
  /** Said where drifts are missing: how many. */
  readonly left: (count: number) => string;
  readonly foot: string;
  /** Drifts that are missing in any case. */
  readonly others: number;
}

/** Head, as many blocks as fit, what is missing, foot. */
export function fitted(
  { head, blocks, left, foot, others }: Parts,
  most: number,
  measure: Measure = characters,
): string {
  const end = (count: number) => (count === 0 ? foot : `${left(count)}${foot}`);
  let text = head;
  let shown = 0;
  for (const { whole, short } of blocks) {
    const missing = others + blocks.length - shown - 1;
    // What comes at the end only grows shorter with each that is shown: what fits now fits then.
    const fits = (block: string) => measure(`${text}${block}${end(missing)}`) <= most;
    if (fits(whole)) text += whole;
    else if (fits(short)) text += short;
    else break;
    shown += 1;
  }
  return cut(`${text}${end(others + blocks.length - shown)}`, most, measure);
}
