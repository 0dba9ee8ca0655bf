/** How many cells of a terminal a text takes, for text that went through `escapeText`. */
const WIDE =
  /[\u{1100}-\u{115f}\u{2e80}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1b000}-\u{1b2ff}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{M}/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII is the common case, and needs no counting
const ASCII = /^[\x00-\x7f]*$/;

export function cells(text: string): number {
  if (ASCII.test(text)) return text.length;
  let total = 0;
  for (const character of text) total += cellsOf(character);
  return total;
}

/** The longest beginning of a text that fits into so many cells. */
export function fitting(text: string, width: number): string {
  if (text.length * 2 <= width) return text;
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += cellsOf(character);
    if (used > width) return text.slice(0, end);
    end += character.length;
  }
  return text;
}

function cellsOf(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
