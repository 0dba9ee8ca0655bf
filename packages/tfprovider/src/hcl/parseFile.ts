import type { Node, Parser } from "web-tree-sitter";
import type { Attribute, Block, Body, HclFile, HclSyntaxError } from "./ast.ts";
import { Conversion, childrenOf, NotHcl } from "./conversion.ts";
import { convertBody } from "./convertBody.ts";
import { expressionConverter } from "./convertExpression.ts";
import { maskForGrammar } from "./mask.ts";
import { FileSource } from "./source.ts";
import { firstProblem, syntaxError } from "./syntaxErrors.ts";
import { topLevelChunks, unpairedQuote } from "./topLevelChunks.ts";
import { withTree } from "./tree.ts";

/**
 * The whole file in one go; and where that fails, each top-level item by itself, so that one broken block costs no
 * more than that block.
 */
export function parseConfigFile(tree: Parser, text: string, file: string): HclFile {
  const source = new FileSource(text, file);
  const whole = bodyOf(tree, source, 0, text.length);
  if (!(whole instanceof NotHcl)) return { file, syntax: "native", body: whole, errors: [] };
  const { body, errors } = parseChunks(tree, source);
  // Nothing wrong with any part, and yet with the whole: what is wrong lies between them.
  const found = errors.length > 0 ? errors : [syntaxError(whole)];
  return { file, syntax: "native", body, errors: found };
}

function parseChunks(tree: Parser, source: FileSource): { body: Body; errors: HclSyntaxError[] } {
  const attributes: Attribute[] = [];
  const blocks: Block[] = [];
  const errors: HclSyntaxError[] = [];
  for (const chunk of topLevelChunks(source.text)) {
    const body = bodyOf(tree, source, chunk.start, chunk.end);
    if (body instanceof NotHcl) {
      const quote = unpairedQuote(source.text.slice(chunk.start, chunk.end));
      const problem =
        quote === undefined ? body : new NotHcl(source, chunk.start + quote, 'a `"` is missing on this line');
      errors.push(syntaxError(problem, chunk.block));
    } else {
      attributes.push(...body.attributes);
      blocks.push(...body.blocks);
    }
  }
  return { body: { attributes, blocks }, errors };
}

function bodyOf(tree: Parser, source: FileSource, start: number, end: number): Body | NotHcl {
  // A heredoc's last line needs its line break to end.
  const text = `${maskForGrammar(source.text.slice(start, end))}\n`;
  return withTree(tree, text, (root) => {
    try {
      return convertRoot(root, new Conversion(source, start, expressionConverter));
    } catch (error) {
      // What is missing at the end is missing on the last line, not after it.
      if (error instanceof NotHcl) return new NotHcl(source, Math.min(error.offset, end), error.problem);
      throw error;
    }
  });
}

function convertRoot(root: Node, conversion: Conversion): Body {
  if (root.hasError) throw firstProblem(root, conversion, "a block or `name = value`");
  const [content] = childrenOf(root);
  if (content !== undefined && content.type !== "body")
    throw conversion.fail(content, "expected a block or `name = value`");
  return convertBody(content, conversion);
}
