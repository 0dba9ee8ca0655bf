/** Places in a text: Cedar counts bytes of UTF-8, people count lines. */

export interface TextPlace {
  /** Both from 1; columns in characters. */
  readonly line: number;
  readonly column: number;
}

/** @param bytes from the beginning of the text */
export function placeOfByte(text: string, bytes: number): TextPlace {
  return placeAfter(Buffer.from(text).subarray(0, bytes).toString());
}

/** @param index in UTF-16 code units, as strings are counted here */
export function placeOfIndex(text: string, index: number): TextPlace {
  return placeAfter(text.slice(0, index));
}

function placeAfter(before: string): TextPlace {
  const lines = before.split("\n");
  return { line: lines.length, column: [...(lines.at(-1) ?? "")].length + 1 };
}

/**
 * The same text with spaces in place of `// comments`, so that what was commented out is not found in it. To Cedar a carriage return
 * ends a comment as well: what stands behind one is code.
 */
export function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n\r]*/gs, (found) =>
    found.startsWith("//") ? " ".repeat(found.length) : found,
  );
}
