import type { Node, Parser } from "web-tree-sitter";
import type { Expression, Range } from "./ast.ts";
import { Conversion, childOfType, childrenOf } from "./conversion.ts";
import { expressionConverter } from "./convertExpression.ts";
import { templateExpression, templatePartsBetween } from "./convertTemplate.ts";
import { maskForGrammar } from "./mask.ts";
import { EmbeddedSource, FileSource, type Source } from "./source.ts";
import { firstProblem } from "./syntaxErrors.ts";
import { type GrammarInput, readingEnds, withTree } from "./tree.ts";

/**
 * The grammar knows whole files only, so a fragment is read as the value of an argument: an expression in parentheses,
 * a template as a heredoc, whose rules for literal text are those of a bare template.
 * @throws NotHcl
 */
export function parseFragment(
  tree: Parser,
  kind: "template" | "expression",
  text: string,
  file: string,
  origin: Range | undefined,
): Expression {
  const source = origin === undefined ? new FileSource(text, file) : new EmbeddedSource(text, origin);
  return kind === "template" ? parseTemplate(tree, source) : parseExpression(tree, source);
}

function parseExpression(tree: Parser, source: Source): Expression {
  const before = "x = (";
  return withTree(tree, grammarInput(source, before, ")"), (root) => {
    const conversion = new Conversion(source, -before.length, expressionConverter);
    const value = onlyValue(root, conversion);
    const [open, inner, close] = childrenOf(value);
    if (open?.type !== "(" || inner === undefined || close?.type !== ")" || childrenOf(value).length !== 3)
      throw conversion.fail(root, "expected one expression");
    return conversion.expression(inner);
  });
}

function parseTemplate(tree: Parser, source: Source): Expression {
  const marker = unusedMarker(source.text);
  const before = `x = <<${marker}\n`;
  return withTree(tree, grammarInput(source, before, marker), (root) => {
    const conversion = new Conversion(source, -before.length, expressionConverter);
    const value = childrenOf(onlyValue(root, conversion))[0] ?? root;
    const heredoc = childrenOf(value)[0] ?? root;
    const [start, end] = [before.length, before.length + source.text.length];
    const parts = templatePartsBetween(heredoc, start, end, { conversion, quoted: false, flush: false });
    return templateExpression(parts, { heredoc: false, range: source.range(0, source.text.length) });
  });
}

function grammarInput(source: Source, before: string, after: string): GrammarInput {
  const text = `${before}${maskForGrammar(source.text)}\n${after}\n`;
  return { text, source, offset: 0, until: readingEnds(text.length) };
}

/** The text is walked once, whatever it holds: trying marker after marker would take quadratic time. */
function unusedMarker(text: string): string {
  const used = new Set(text.match(/END[0-9]+/g));
  let number = 0;
  while (used.has(`END${number}`)) number++;
  return `END${number}`;
}

function onlyValue(root: Node, conversion: Conversion): Node {
  if (root.hasError) throw firstProblem(root, conversion, "an expression");
  const body = childOfType(root, "body");
  const attribute = body === undefined ? undefined : childrenOf(body)[0];
  const value = attribute === undefined ? undefined : childOfType(attribute, "expression");
  if (value === undefined || body === undefined || childrenOf(body).length !== 1)
    throw conversion.fail(root, "expected one expression");
  return value;
}
