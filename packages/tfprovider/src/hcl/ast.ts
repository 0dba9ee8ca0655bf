/**
 * The syntax of one HCL file, native or JSON, free of the parser that made it.
 * @see https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */
import type { CtyDecimal } from "../cty/value.ts";

/** Where something stands. `line` and `column` count from 1 (columns in UTF-16 units, as editors do), bytes from 0 in UTF-8. */
export interface Range {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly startByte: number;
  /** Exclusive. */
  readonly endByte: number;
}

export interface HclFile {
  readonly file: string;
  readonly syntax: "native" | "json";
  /** Everything that could be read; what an error spoiled is missing here and named in `errors`. */
  readonly body: Body;
  readonly errors: readonly HclSyntaxError[];
}

/** A place that is not HCL. A value, not an exception: the rest of the file is still good. */
export interface HclSyntaxError {
  readonly code: "hcl_syntax";
  /** Names file, line and column, what was found and what was expected. */
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The header of the top-level block that could not be read, where one can be made out. */
  readonly block?: { readonly type: string; readonly labels: readonly string[] };
}

export interface Body {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
}

/** `name = expression` */
export interface Attribute {
  readonly name: string;
  readonly expression: Expression;
  readonly range: Range;
}

/** `type "label" { … }` */
export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: Body;
  readonly range: Range;
}

/** Integers beyond 2^53 are bigints, decimals that a double cannot hold are {@link CtyDecimal}. */
export type Literal = null | boolean | string | number | bigint | CtyDecimal;

export type UnaryOperator = "-" | "!";
export type BinaryOperator =
  | "*"
  | "/"
  | "%"
  | "+"
  | "-"
  | ">"
  | ">="
  | "<"
  | "<="
  | "=="
  | "!="
  | "&&"
  | "||";

export type Expression = { readonly range: Range } & (
  | { readonly kind: "literal"; readonly value: Literal }
  | TemplateExpression
  | { readonly kind: "tuple"; readonly elements: readonly Expression[] }
  | { readonly kind: "object"; readonly items: readonly ObjectItem[] }
  /** The root of a reference: `var`, `local`, `aws_vpc`, or a name bound by `for`. */
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "getAttr"; readonly target: Expression; readonly name: string }
  /** `a[key]` and the old spelling `a.0`. */
  | { readonly kind: "index"; readonly target: Expression; readonly key: Expression }
  /** `a.*.b` and `a[*].b`: `each` is evaluated for every element, which is its {@link SplatItem}. */
  | {
      readonly kind: "splat";
      readonly style: "attribute" | "full";
      readonly target: Expression;
      readonly each: Expression;
    }
  | SplatItem
  | CallExpression
  | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "conditional";
      readonly condition: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
    }
  | ForExpression
  | { readonly kind: "parentheses"; readonly inner: Expression }
);

export interface TemplateExpression {
  readonly kind: "template";
  readonly parts: readonly TemplatePart[];
  readonly heredoc: boolean;
}

/** The element that the innermost splat around it is looking at. */
export interface SplatItem {
  readonly kind: "splatItem";
}

export interface CallExpression {
  readonly kind: "call";
  /** `max`, `core::max` or `provider::aws::arn_parse`. */
  readonly name: string;
  readonly args: readonly Expression[];
  /** `f(list...)`: the last argument is spread. */
  readonly expand: boolean;
}

/** `[for k, v in c : value if condition]`, `{for k, v in c : key => value... if condition}` */
export interface ForExpression {
  readonly kind: "for";
  readonly result: "tuple" | "object";
  readonly keyName?: string;
  readonly valueName: string;
  readonly collection: Expression;
  /** Only of an object. */
  readonly key?: Expression;
  readonly value: Expression;
  readonly condition?: Expression;
  /** `...`: values of one key are gathered in a tuple. */
  readonly group: boolean;
}

/** A key that is a bare name stands for itself: it is a literal here. `(name) = …` is not. */
export interface ObjectItem {
  readonly key: Expression;
  readonly value: Expression;
}

/** Escapes are resolved, strip markers and heredoc indentation applied. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "interpolation"; readonly expression: Expression }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      readonly whenTrue: readonly TemplatePart[];
      readonly whenFalse: readonly TemplatePart[];
    }
  | {
      readonly kind: "for";
      readonly keyName?: string;
      readonly valueName: string;
      readonly collection: Expression;
      readonly body: readonly TemplatePart[];
    };
