import type { Node } from "web-tree-sitter";
import type { Expression, Range } from "./ast.ts";
import type { Source } from "./source.ts";

/** Deeper than any configuration a person writes, shallow enough for the stack of everything that walks the result. */
const MAX_NESTING = 200;

/** Found while a tree is turned into syntax; caught by the parser, which makes a syntax error of it. */
export class NotHcl extends Error {
  readonly source: Source;
  readonly offset: number;
  readonly problem: string;

  constructor(source: Source, offset: number, problem: string) {
    super(problem);
    this.source = source;
    this.offset = offset;
    this.problem = problem;
  }
}

/** Handed in, because terms and templates hold expressions and expressions hold them. */
export interface ExpressionConverter {
  /** An `expression` node, or any of the nodes that one consists of. */
  expression(node: Node, conversion: Conversion): Expression;
  /** A term without what may follow it (`.name`, `[0]`, `[*]`). */
  primary(node: Node, conversion: Conversion): Expression;
}

/** What a tree over (a part of) a text is turned into syntax with. */
export class Conversion {
  readonly source: Source;
  /** Added to an offset in the tree it gives the offset in the source. */
  readonly base: number;
  readonly #converter: ExpressionConverter;
  #nesting = 0;

  constructor(source: Source, base: number, converter: ExpressionConverter) {
    this.source = source;
    this.base = base;
    this.#converter = converter;
  }

  expression(node: Node): Expression {
    return this.nested(node, () => this.#converter.expression(node, this));
  }

  primary(node: Node): Expression {
    return this.nested(node, () => this.#converter.primary(node, this));
  }

  range(first: Node, last: Node = first): Range {
    return this.source.range(this.base + first.startIndex, this.base + last.endIndex);
  }

  /** The original text, not what the grammar was given. */
  text(node: Node): string {
    return this.textBetween(node.startIndex, node.endIndex);
  }

  /** By offsets in the tree. */
  textBetween(start: number, end: number): string {
    return this.source.text.slice(Math.max(0, this.base + start), Math.max(0, this.base + end));
  }

  fail(node: Node, problem: string): NotHcl {
    return this.failAt(this.base + node.startIndex, problem);
  }

  /** By an offset in the source. */
  failAt(offset: number, problem: string): NotHcl {
    return new NotHcl(this.source, Math.min(Math.max(0, offset), this.source.text.length), problem);
  }

  /**
   * @param levels how much deeper the result lies in the syntax: `a.b.c` is a row in the text, and `a` two levels down
   * @throws NotHcl where the nesting is too deep.
   */
  nested<T>(node: Node, convert: () => T, levels = 1): T {
    if (this.#nesting + levels > MAX_NESTING)
      throw this.fail(node, `more than ${MAX_NESTING} levels of nesting`);
    this.#nesting += levels;
    try {
      return convert();
    } finally {
      this.#nesting -= levels;
    }
  }
}

/** The children that are not comments. */
export function childrenOf(node: Node): Node[] {
  return node.children.filter((child): child is Node => child !== null && child.type !== "comment");
}

export function childOfType(node: Node, type: string): Node | undefined {
  return childrenOf(node).find((child) => child.type === type);
}

export function childrenOfType(node: Node, type: string): Node[] {
  return childrenOf(node).filter((child) => child.type === type);
}
