import type { Node, Parser } from "web-tree-sitter";
import { ProviderError } from "../errors.ts";
import { NotHcl } from "./conversion.ts";
import type { Source } from "./source.ts";

/** Characters. The grammar takes up to a kilobyte of memory for each, and the process ends where it finds no more. */
const MAX_LENGTH = 2 ** 20;

/** What the grammar is given, and where it stands in the source. */
export interface GrammarInput {
  readonly text: string;
  readonly source: Source;
  readonly offset: number;
  /** In the time of `performance.now()`: see {@link readingEnds}. */
  readonly until: number;
}

/**
 * When to give up on a text of that length: the grammar takes quadratic time to recover from some errors, such as a quote
 * on each of ten thousand lines. Sound code takes a tenth of this on a slow machine.
 */
export function readingEnds(length: number): number {
  return performance.now() + 5000 + length * 0.02;
}

/**
 * Parses, hands the root to `use`, and frees the tree, which lies in memory that no garbage collector sees.
 * @throws NotHcl where the text is too long, or takes too long
 */
export function withTree<T>(
  parser: Parser,
  { text, source, offset, until }: GrammarInput,
  use: (root: Node) => T,
): T {
  if (text.length > MAX_LENGTH)
    throw new NotHcl(source, offset, `more than ${MAX_LENGTH} characters are not read in one piece`);
  let late = false;
  const progressCallback = (): boolean => {
    late = performance.now() > until;
    return late;
  };
  const tree = parser.parse(text, null, { progressCallback });
  if (tree === null) {
    // Else it would go on with this text when it is given the next one.
    parser.reset();
    if (late) throw new NotHcl(source, offset, "so many errors that reading it takes too long");
    throw new ProviderError("hcl_grammar_unusable", "the HCL parser has no grammar");
  }
  try {
    return use(tree.rootNode);
  } finally {
    tree.delete();
  }
}
