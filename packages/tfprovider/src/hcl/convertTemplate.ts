import type { Node } from "web-tree-sitter";
import type { Expression, Range, TemplatePart } from "./ast.ts";
import { type Conversion, childOfType, childrenOf, childrenOfType } from "./conversion.ts";
import { convertForIntro } from "./convertForIntro.ts";
import { unescapeMarkers, unescapeQuoted } from "./stringEscapes.ts";
import { assembleTemplate, type TemplateToken } from "./templateTokens.ts";

/** `string_lit`, `quoted_template` or `heredoc_template`. What has no interpolation is a literal. */
export function convertTemplate(node: Node, conversion: Conversion): Expression {
  const heredoc = node.type === "heredoc_template";
  const flush = heredoc && conversion.text(node).startsWith("<<-");
  const [start, end] = heredoc ? heredocBounds(node, conversion) : quotedBounds(node);
  const range = conversion.range(node);
  return templateExpression(templatePartsBetween(node, start, end, { conversion, quoted: !heredoc, flush }), {
    heredoc,
    range,
  });
}

export function templateExpression(
  parts: readonly TemplatePart[],
  { heredoc, range }: { readonly heredoc: boolean; readonly range: Range },
): Expression {
  const [only] = parts;
  if (only === undefined) return { kind: "literal", value: "", range };
  if (parts.length === 1 && only.kind === "text") return { kind: "literal", value: only.text, range };
  return { kind: "template", parts, heredoc, range };
}

interface TemplateStyle {
  readonly conversion: Conversion;
  readonly quoted: boolean;
  /** Remove the indentation that all lines share. */
  readonly flush: boolean;
}

/** The parts between two offsets of the tree, strip markers and indentation applied. */
export function templatePartsBetween(
  node: Node,
  start: number,
  end: number,
  style: TemplateStyle,
): readonly TemplatePart[] {
  const inner = childrenOf(node).filter((child) => child.startIndex >= start && child.endIndex <= end);
  const assembled = assembleTemplate(tokenise(inner, start, end, style), style.flush);
  if ("problem" in assembled) throw style.conversion.fail(node, assembled.problem);
  return assembled.parts;
}

function quotedBounds(node: Node): readonly [number, number] {
  const children = childrenOf(node);
  return [children[0]?.endIndex ?? 0, children.at(-1)?.startIndex ?? 0];
}

/** From the line after the opening marker to the start of the closing marker's line. */
function heredocBounds(node: Node, conversion: Conversion): readonly [number, number] {
  const children = childrenOf(node);
  const opening = children[1];
  const closing = children.at(-1);
  if (opening === undefined || closing === undefined) return [0, 0];
  const between = conversion.textBetween(opening.endIndex, closing.startIndex);
  const firstBreak = between.indexOf("\n");
  const lastBreak = between.lastIndexOf("\n");
  return [opening.endIndex + firstBreak + 1, opening.endIndex + lastBreak + 1];
}

/**
 * The grammar drops white space around literal chunks, so literals are what lies between the other nodes.
 * @param start offset in the tree, as `end`
 */
function tokenise(nodes: readonly Node[], start: number, end: number, how: TemplateStyle): TemplateToken[] {
  const tokens: TemplateToken[] = [];
  let at = start;
  for (const node of nodes.flatMap(sequences)) {
    tokens.push(...literalTokens(at, node.startIndex, how));
    tokens.push(sequenceToken(node, how.conversion));
    at = node.endIndex;
  }
  tokens.push(...literalTokens(at, end, how));
  return tokens;
}

const SEQUENCES: ReadonlySet<string> = new Set([
  "template_interpolation",
  "template_for_start",
  "template_for_end",
  "template_if_intro",
  "template_else_intro",
  "template_if_end",
]);

/** Every `${ … }` and `%{ … }` below a node, in order, as one flat row. */
function sequences(node: Node): Node[] {
  if (SEQUENCES.has(node.type)) return [node];
  return node.type.startsWith("template_") && node.type !== "template_literal"
    ? childrenOf(node).flatMap(sequences)
    : [];
}

/** A heredoc's text is one token per line: strip markers and indentation work on those. */
function literalTokens(start: number, end: number, { conversion, quoted }: TemplateStyle): TemplateToken[] {
  const text = conversion.textBetween(start, end);
  if (text === "") return [];
  if (!quoted) return text.match(/[^\n]*\n|[^\n]+$/g)?.map(heredocLine) ?? [];
  const offset = conversion.base + start;
  const lineBreak = text.indexOf("\n");
  if (lineBreak >= 0)
    throw conversion.failAt(offset + lineBreak, "a string in quotes must end on its own line");
  const result = unescapeQuoted(text);
  if ("invalid" in result)
    throw conversion.failAt(
      offset + text.indexOf(result.invalid),
      `\`${result.invalid}\` is no escape of HCL`,
    );
  return [{ kind: "text", text: result.text }];
}

function heredocLine(line: string): TemplateToken {
  return { kind: "text", text: unescapeMarkers(line) };
}

function sequenceToken(node: Node, conversion: Conversion): TemplateToken {
  const text = conversion.text(node);
  const strip = { stripBefore: text[2] === "~", stripAfter: text.at(-2) === "~" };
  switch (node.type) {
    case "template_for_start":
      return { kind: "for", ...convertForIntro(node, conversion), ...strip };
    case "template_if_intro":
      return { kind: "if", condition: expressionIn(node, conversion), ...strip };
    case "template_else_intro":
      return { kind: "else", ...strip };
    case "template_if_end":
      return { kind: "endif", ...strip };
    case "template_for_end":
      return { kind: "endfor", ...strip };
    default:
      return { kind: "interpolation", expression: expressionIn(node, conversion), ...strip };
  }
}

function expressionIn(node: Node, conversion: Conversion): Expression {
  const expression = childOfType(node, "expression");
  if (expression === undefined || childrenOfType(node, "expression").length > 1)
    throw conversion.fail(node, "expected one value between `${` and `}`");
  return conversion.expression(expression);
}
