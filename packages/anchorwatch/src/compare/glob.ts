/** Text with `*` for any characters. Matching takes time linear in the text: patterns and values may be hostile. */
export interface Glob {
  /** The literal texts between the wildcards. */
  readonly pieces: readonly string[];
}

/** @param escapedBy character that takes a following `*` (or itself) literally */
export function parseGlob(text: string, escapedBy?: string): Glob {
  const pieces = [""];
  for (let i = 0; i < text.length; i += 1) {
    let character = text[i] as string;
    if (character === "*") {
      pieces.push("");
      continue;
    }
    if (character === escapedBy && i + 1 < text.length) character = text[++i] as string;
    pieces[pieces.length - 1] += character;
  }
  return { pieces };
}

export function matchesGlob({ pieces }: Glob, text: string): boolean {
  const first = pieces[0] ?? "";
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1) ?? "";
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  let position = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, position);
    if (found < 0 || found + piece.length > end) return false;
    position = found + piece.length;
  }
  return text.endsWith(last);
}
