/**
 * What both documents are made of. A text may hold references such as `${queue.arn}`, which each language writes in its own way; no
 * other `${` gets into a text, since everything that people give is checked before.
 */
export type Tree = string | number | boolean | readonly Tree[] | TreeMap;

/** In the order in which it is to be written. The member `#` is no member but a comment above the others. */
export interface TreeMap {
  readonly [name: string]: Tree;
}

export const COMMENT = "#";

export function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

export function isMap(tree: Tree): tree is TreeMap {
  return typeof tree === "object" && !Array.isArray(tree);
}

/** Members without the comment. */
export function membersOf(map: TreeMap): readonly (readonly [string, Tree])[] {
  return Object.entries(map).filter(([name]) => name !== COMMENT);
}

/** The comment above a map, as lines of at most so many characters. */
export function commentOf(tree: Tree, width = 100): readonly string[] {
  const text = isMap(tree) ? tree[COMMENT] : undefined;
  return typeof text === "string" ? wrap(text, width) : [];
}

export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > width) {
        lines.push(line);
        line = "";
      }
      line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

const REFERENCE = /\$\{([A-Za-z0-9_.:-]+)\}/g;

/** The name, when the whole text is one reference. */
export function wholeReference(text: string): string | undefined {
  return /^\$\{([A-Za-z0-9_.:-]+)\}$/.exec(text)?.[1];
}

export function replaceReferences(text: string, write: (name: string) => string): string {
  return text.replace(REFERENCE, (_, name: string) => write(name));
}

export function hasReference(text: string): boolean {
  return text.includes("${");
}
