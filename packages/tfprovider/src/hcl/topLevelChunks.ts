export interface Chunk {
  readonly start: number;
  readonly end: number;
  /** The header that it begins with, if it is a block. */
  readonly block?: { readonly type: string; readonly labels: readonly string[] };
}

const ITEM = /^(?:[A-Za-z_][\w-]*)(?:[ \t]+(?:"[^"\n]*"|[A-Za-z_][\w-]*))*[ \t]*[={]/;
const HEREDOC = /<<-?([A-Za-z_][\w-]*)[ \t\r]*$/;

/**
 * Where the top-level items of a broken file begin, going by lines that start with one in their first column: the form
 * that `terraform fmt` gives every file. Lines inside a heredoc are none.
 */
export function topLevelChunks(text: string): Chunk[] {
  const starts: number[] = [];
  for (const { line, at } of linesOfCode(text))
    if (ITEM.test(at === 0 ? line.replace(/^\ufeff/, "") : line)) starts.push(at);
  if (starts[0] !== 0) starts.unshift(0);
  return starts.map((start, index) => chunk(text, start, starts[index + 1] ?? text.length));
}

/** Without the empty lines at its end, so that "the end" in a message is the item's last line. */
function chunk(text: string, start: number, until: number): Chunk {
  const end = start + text.slice(start, until).trimEnd().length;
  const header = ITEM.exec(text.slice(start, end).replace(/^\ufeff/, ""))?.[0];
  if (header === undefined || header.endsWith("=")) return { start, end };
  const [type = "", ...labels] = header.match(/"[^"\n]*"|[A-Za-z_][\w-]*/g) ?? [];
  return { start, end, block: { type, labels: labels.map((label) => label.replace(/"/g, "")) } };
}

/** The offset of the first line whose quotes do not pair up: nearly always what is wrong where a string swallows code. */
export function unpairedQuote(text: string): number | undefined {
  for (const { line, at } of linesOfCode(text)) {
    const quotes = line.replace(/\\./g, "").match(/"/g)?.length ?? 0;
    if (quotes % 2 === 1 && !/^\s*(?:#|\/\/)/.test(line)) return at + line.indexOf('"');
  }
  return undefined;
}

/** The lines that are not the text of a heredoc, each with its offset. */
function* linesOfCode(text: string): Generator<{ readonly line: string; readonly at: number }> {
  let marker: string | undefined;
  let at = 0;
  for (const line of text.split("\n")) {
    if (marker === undefined) {
      yield { line, at };
      marker = HEREDOC.exec(line)?.[1];
    } else if (line.trim() === marker) marker = undefined;
    at += line.length + 1;
  }
}
