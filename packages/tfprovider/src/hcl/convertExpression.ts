import type { Node } from "web-tree-sitter";
import type { BinaryOperator, Expression, ForExpression, UnaryOperator } from "./ast.ts";
import {
  type Conversion,
  childOfType,
  childrenOf,
  childrenOfType,
  type ExpressionConverter,
} from "./conversion.ts";
import { convertForIntro } from "./convertForIntro.ts";
import { convertTemplate } from "./convertTemplate.ts";
import { convertTerm } from "./convertTerm.ts";
import { numberLiteral } from "./numberLiteral.ts";

export const expressionConverter: ExpressionConverter = {
  expression: (node, conversion) =>
    node.type === "expression"
      ? convertTerm(childrenOf(node), node, conversion)
      : convertPrimary(node, conversion),
  primary: convertPrimary,
};

/** Nodes that only say what kind of expression their one child is. */
const WRAPPERS: ReadonlySet<string> = new Set([
  "literal_value",
  "collection_value",
  "template_expr",
  "for_expr",
  "operation",
]);

function convertPrimary(outer: Node, conversion: Conversion): Expression {
  let node = outer;
  while (WRAPPERS.has(node.type)) node = onlyChild(node, conversion);
  switch (node.type) {
    case "expression":
      return conversion.expression(node);
    case "conditional":
      return convertConditional(node, conversion);
    case "string_lit":
    case "quoted_template":
    case "heredoc_template":
      return convertTemplate(node, conversion);
    case "numeric_lit":
      return convertNumber(node, conversion);
    case "bool_lit":
      return { kind: "literal", value: conversion.text(node) === "true", range: conversion.range(node) };
    case "null_lit":
      return { kind: "literal", value: null, range: conversion.range(node) };
    case "variable_expr":
      return convertVariable(node, conversion);
    case "tuple":
      return {
        kind: "tuple",
        elements: childrenOfType(node, "expression").map((element) => conversion.expression(element)),
        range: conversion.range(node),
      };
    case "object":
      return {
        kind: "object",
        items: childrenOfType(node, "object_elem").map((item) => convertItem(item, conversion)),
        range: conversion.range(node),
      };
    case "function_call":
      return convertCall(node, conversion);
    case "for_tuple_expr":
    case "for_object_expr":
      return { ...convertFor(node, conversion), range: conversion.range(node) };
    case "unary_operation":
      return convertUnary(node, conversion);
    case "binary_operation":
      return convertBinary(node, conversion);
    default:
      throw conversion.fail(node, "expected a value");
  }
}

function onlyChild(node: Node, conversion: Conversion): Node {
  const child = childrenOf(node)[0];
  if (child === undefined) throw conversion.fail(node, "expected a value");
  return child;
}

/** `1e5` reaches the grammar masked as a name. */
function convertVariable(node: Node, conversion: Conversion): Expression {
  const text = conversion.text(node);
  return /^[0-9]/.test(text)
    ? convertNumber(node, conversion)
    : { kind: "variable", name: text, range: conversion.range(node) };
}

function convertNumber(node: Node, conversion: Conversion): Expression {
  const text = conversion.text(node);
  const value = numberLiteral(text);
  if (value === undefined)
    throw conversion.fail(node, `\`${text.slice(0, 40)}\` is not a number (hexadecimal is not HCL)`);
  return { kind: "literal", value, range: conversion.range(node) };
}

function convertItem(node: Node, conversion: Conversion) {
  const key = node.childForFieldName("key");
  const value = node.childForFieldName("val");
  if (key === null || value === null) throw conversion.fail(node, "expected `key = value`");
  return { key: convertKey(key, conversion), value: conversion.expression(value) };
}

/** `name`, `true`, `null` and numbers as keys are the text that they are written with. */
function convertKey(node: Node, conversion: Conversion): Expression {
  const text = conversion.text(node);
  const key = conversion.expression(node);
  const bare = key.kind === "variable" || (key.kind === "literal" && typeof key.value !== "string");
  return bare ? { kind: "literal", value: text, range: key.range } : key;
}

function convertCall(node: Node, conversion: Conversion): Expression {
  const name = childOfType(node, "identifier");
  if (name === undefined) throw conversion.fail(node, "expected a function's name");
  const args = childOfType(node, "function_arguments");
  return {
    kind: "call",
    name: conversion.text(name),
    args:
      args === undefined ? [] : childrenOfType(args, "expression").map((arg) => conversion.expression(arg)),
    expand: args !== undefined && childOfType(args, "ellipsis") !== undefined,
    range: conversion.range(node),
  };
}

/** The grammar groups `a ? b : c ? d : e` to the left; HCL groups it to the right. */
function convertConditional(node: Node, conversion: Conversion): Expression {
  const row: Node[] = [];
  for (let inner: Node | undefined = node; inner !== undefined; ) {
    const [condition, , then, , otherwise] = childrenOf(inner);
    if (condition === undefined || then === undefined || otherwise === undefined)
      throw conversion.fail(inner, "expected `condition ? value : value`");
    row.push(otherwise, then);
    inner = bareConditional(condition);
    if (inner === undefined) row.push(condition);
  }
  row.reverse();
  return conversion.nested(node, () => foldConditionals(row, conversion), row.length >> 1);
}

/** @param row condition, value, condition, value …, last value */
function foldConditionals(row: readonly Node[], conversion: Conversion): Expression {
  const otherwise = row.at(-1) as Node;
  let folded = conversion.expression(otherwise);
  for (let at = row.length - 3; at >= 0; at -= 2) {
    const condition = row[at] as Node;
    folded = {
      kind: "conditional",
      condition: conversion.expression(condition),
      whenTrue: conversion.expression(row[at + 1] as Node),
      whenFalse: folded,
      range: conversion.range(condition, otherwise),
    };
  }
  return folded;
}

/** The conditional that an expression consists of, unless it stands in parentheses. */
function bareConditional(expression: Node): Node | undefined {
  const children = childrenOf(expression);
  return children.length === 1 && children[0]?.type === "conditional" ? children[0] : undefined;
}

function convertFor(node: Node, conversion: Conversion): ForExpression {
  const intro = childOfType(node, "for_intro");
  const values = childrenOfType(node, "expression").map((value) => conversion.expression(value));
  const condition = childOfType(node, "for_cond");
  const [first, second] = values;
  if (intro === undefined || first === undefined)
    throw conversion.fail(node, "expected `for name in value : …`");
  const isObject = node.type === "for_object_expr";
  return {
    kind: "for",
    result: isObject ? "object" : "tuple",
    ...convertForIntro(intro, conversion),
    ...(isObject ? { key: first } : {}),
    value: isObject && second !== undefined ? second : first,
    ...(condition === undefined
      ? {}
      : { condition: conversion.expression(lastChild(condition, conversion)) }),
    group: childOfType(node, "ellipsis") !== undefined,
  };
}

function lastChild(node: Node, conversion: Conversion): Node {
  const child = childrenOf(node).at(-1);
  if (child === undefined) throw conversion.fail(node, "expected a value");
  return child;
}

function convertUnary(node: Node, conversion: Conversion): Expression {
  const [operator, ...operand] = childrenOf(node);
  if (operator === undefined) throw conversion.fail(node, "expected an operator");
  return {
    kind: "unary",
    operator: operator.type as UnaryOperator,
    operand: convertTerm(operand, node, conversion),
    range: conversion.range(node),
  };
}

const OPERATORS: ReadonlySet<string> = new Set(
  "* / % + - > >= < <= == != && ||".split(" ") satisfies readonly string[],
);

function convertBinary(node: Node, conversion: Conversion): Expression {
  const children = childrenOf(node);
  const at = children.findIndex((child) => OPERATORS.has(child.type));
  return {
    kind: "binary",
    operator: children[at]?.type as BinaryOperator,
    left: convertTerm(children.slice(0, at), node, conversion),
    right: convertTerm(children.slice(at + 1), node, conversion),
    range: conversion.range(node),
  };
}
