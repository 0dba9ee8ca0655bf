import type { Node, Parser } from "web-tree-sitter";
import { ProviderError } from "../errors.ts";

/** Parses, hands the root to `use`, and frees the tree, which lies in memory that no garbage collector sees. */
export function withTree<T>(parser: Parser, text: string, use: (root: Node) => T): T {
  const tree = parser.parse(text);
  if (tree === null) throw new ProviderError("hcl_grammar_unusable", "the HCL parser has no grammar");
  try {
    return use(tree.rootNode);
  } finally {
    tree.delete();
  }
}
