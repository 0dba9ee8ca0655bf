import type { Node } from "web-tree-sitter";
import type { Expression, HclSyntaxError } from "./ast.ts";
import type { Conversion, NotHcl } from "./conversion.ts";

/** The first place of a tree that the grammar could not make sense of. */
export function firstProblem(root: Node, conversion: Conversion, expected: string): NotHcl {
  const place = firstBadNode(root) ?? root;
  if (place.isMissing) return conversion.fail(place, `expected \`${place.type}\``);
  return conversion.fail(place, `found ${snippet(place, conversion)}, expected ${expected}`);
}

function firstBadNode(root: Node): Node | undefined {
  let node = root;
  while (!node.isError && !node.isMissing) {
    const next = node.children.find((child) => child?.hasError === true || child?.isMissing === true);
    if (next === undefined || next === null) return undefined;
    node = next;
  }
  return node;
}

function snippet(node: Node, conversion: Conversion): string {
  const line = conversion.text(node).trimStart().split("\n", 1)[0]?.trim() ?? "";
  if (line === "") return "the end of the file";
  return `\`${line.length > 40 ? `${line.slice(0, 40)}…` : line}\``;
}

export function syntaxError(
  problem: NotHcl,
  block?: HclSyntaxError["block"],
  language = "HCL",
): HclSyntaxError {
  const { file, line, column } = problem.source.range(problem.offset, problem.offset);
  const where = block === undefined ? "" : ` in \`${[block.type, ...block.labels].join(" ")}\``;
  return {
    code: "hcl_syntax",
    message: `${file}:${line}:${column}: not ${language}${where}: ${problem.problem}`,
    file,
    line,
    column,
    ...(block === undefined ? {} : { block }),
  };
}

export function isSyntaxError(value: Expression | HclSyntaxError): value is HclSyntaxError {
  return "code" in value;
}
