import type { Node, Parser } from "web-tree-sitter";
import type { Body, HclFile, HclSyntaxError } from "./ast.ts";
import { Conversion, childrenOf, NotHcl } from "./conversion.ts";
import { convertBody } from "./convertBody.ts";
import { expressionConverter } from "./convertExpression.ts";
import { maskForGrammar } from "./mask.ts";
import { FileSource } from "./source.ts";
import { firstProblem, syntaxError } from "./syntaxErrors.ts";
import { topLevelChunks, unpairedQuote } from "./topLevelChunks.ts";
import { readingEnds, withTree } from "./tree.ts";

/** Characters. Longer files are read item by item at once, since the grammar's memory grows with what it reads. */
const MAX_WHOLE = 2 ** 18;

/**
 * The whole file in one go; and where that fails, each top-level item by itself, so that one broken block costs no
 * more than that block.
 */
export function parseConfigFile(tree: Parser, text: string, file: string): HclFile {
  const source = new FileSource(text, file);
  const until = readingEnds(text.length);
  const whole =
    text.length > MAX_WHOLE ? undefined : bodyOf(tree, source, { start: 0, end: text.length, until });
  if (whole !== undefined && !(whole instanceof NotHcl))
    return { file, syntax: "native", body: whole, errors: [] };
  const { body, errors } = parseChunks(tree, source, until);
  // Nothing wrong with any part, and yet with the whole: what is wrong lies between them.
  const found = errors.length > 0 || whole === undefined ? errors : [syntaxError(whole)];
  return { file, syntax: "native", body, errors: found };
}

function parseChunks(
  tree: Parser,
  source: FileSource,
  until: number,
): { body: Body; errors: HclSyntaxError[] } {
  const bodies: Body[] = [];
  const errors: HclSyntaxError[] = [];
  for (const chunk of topLevelChunks(source.text)) {
    const body = bodyOf(tree, source, { ...chunk, until });
    if (body instanceof NotHcl) {
      const quote = unpairedQuote(source.text.slice(chunk.start, chunk.end));
      const problem =
        quote === undefined ? body : new NotHcl(source, chunk.start + quote, 'a `"` is missing on this line');
      errors.push(syntaxError(problem, chunk.block));
    } else {
      bodies.push(body);
    }
  }
  const attributes = bodies.flatMap((body) => body.attributes);
  return { body: { attributes, blocks: bodies.flatMap((body) => body.blocks) }, errors };
}

interface Piece {
  readonly start: number;
  readonly end: number;
  /** When to give up. */
  readonly until: number;
}

function bodyOf(tree: Parser, source: FileSource, { start, end, until }: Piece): Body | NotHcl {
  // A heredoc's last line needs its line break to end.
  const text = `${maskForGrammar(source.text.slice(start, end))}\n`;
  try {
    return withTree(tree, { text, source, offset: start, until }, (root) =>
      convertRoot(root, new Conversion(source, start, expressionConverter)),
    );
  } catch (error) {
    // What is missing at the end is missing on the last line, not after it.
    if (error instanceof NotHcl) return new NotHcl(source, Math.min(error.offset, end), error.problem);
    throw error;
  }
}

function convertRoot(root: Node, conversion: Conversion): Body {
  if (root.hasError) throw firstProblem(root, conversion, "a block or `name = value`");
  const [content] = childrenOf(root);
  if (content !== undefined && content.type !== "body")
    throw conversion.fail(content, "expected a block or `name = value`");
  return convertBody(content, conversion);
}
