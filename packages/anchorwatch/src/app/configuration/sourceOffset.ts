/** Where a character of a YAML text stands in the source that it was read from. */

/**
 * @param source of the scalar, with its quotes or its block's header
 * @param text what the source says
 * @param offset into the text
 * @returns into the source
 */
export function sourceOffset(source: string, text: string, offset: number): number {
  const quote = source[0] === '"' || source[0] === "'" ? source[0] : undefined;
  const isBlock = source[0] === "|" || source[0] === ">";
  // A block begins after the line of its header: `|-`.
  let at = quote !== undefined ? 1 : isBlock ? source.indexOf("\n") + 1 : 0;
  for (let seen = 0; seen < text.length; ) {
    if (isSpace(text[seen])) {
      // Lines are folded and indented as one likes: a run of spaces in the text is one in the source, longer or shorter.
      const begin = at;
      while (isSpace(text[seen])) {
        if (seen === offset) return begin;
        seen++;
      }
      at = afterSpaces(source, at, quote === '"');
      continue;
    }
    const isContinued = quote === '"' && source[at] === "\\" && /[\r\n]/.test(source[at + 1] ?? "");
    if (isSpace(source[at]) || isContinued) {
      at = afterSpaces(source, at, isContinued);
      continue;
    }
    if (seen === offset) return at;
    const length = quote === undefined ? 1 : escapedLength(source, at, quote);
    // A character beyond the first 65,536 is two in the text, and may be one escape.
    seen += quote === '"' && source.startsWith("\\U", at) && (text.codePointAt(seen) ?? 0) > 0xffff ? 2 : 1;
    at += length;
  }
  return Math.min(at, source.length);
}

const ESCAPED_LENGTHS: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** How much of the source stands for one character. */
function escapedLength(source: string, at: number, quote: string): number {
  if (quote === "'") return source.startsWith("''", at) ? 2 : 1;
  return source[at] === "\\" ? (ESCAPED_LENGTHS[source[at + 1] ?? ""] ?? 2) : 1;
}

/** Escapes of spaces, `\n` and `\t`, are spaces, too. */
function afterSpaces(source: string, from: number, escapes: boolean): number {
  let at = from;
  for (;;) {
    if (isSpace(source[at])) at++;
    else if (escapes && source[at] === "\\" && /[nrt \r\n]/.test(source[at + 1] ?? "")) at += 2;
    else return at;
  }
}

function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\n" || character === "\t" || character === "\r";
}
