import type { Node } from "web-tree-sitter";
import type { Attribute, Block, Body } from "./ast.ts";
import { type Conversion, childOfType, childrenOf } from "./conversion.ts";
import { convertTemplate } from "./convertTemplate.ts";

/** The body of a whole file or of a block; without a node it is empty. */
export function convertBody(node: Node | undefined, conversion: Conversion): Body {
  const attributes: Attribute[] = [];
  const blocks: Block[] = [];
  for (const child of node === undefined ? [] : childrenOf(node)) {
    if (child.type === "attribute") attributes.push(convertAttribute(child, conversion));
    else if (child.type === "block") blocks.push(convertBlock(child, conversion));
    else throw conversion.fail(child, "expected a block or `name = value`");
  }
  return { attributes, blocks };
}

function convertAttribute(node: Node, conversion: Conversion): Attribute {
  const [name, , expression] = childrenOf(node);
  if (name === undefined || expression === undefined) throw conversion.fail(node, "expected `name = value`");
  return {
    name: conversion.text(name),
    expression: conversion.expression(expression),
    range: conversion.range(node),
  };
}

function convertBlock(node: Node, conversion: Conversion): Block {
  const [type, ...rest] = childrenOf(node);
  if (type === undefined) throw conversion.fail(node, "expected a block");
  const labels: string[] = [];
  for (const child of rest) {
    if (child.type === "identifier") labels.push(conversion.text(child));
    else if (child.type === "string_lit") labels.push(labelText(child, conversion));
  }
  return conversion.nested(node, () => ({
    type: conversion.text(type),
    labels,
    body: convertBody(childOfType(node, "body"), conversion),
    range: conversion.range(node),
  }));
}

function labelText(node: Node, conversion: Conversion): string {
  const label = convertTemplate(node, conversion);
  if (label.kind === "literal" && typeof label.value === "string") return label.value;
  throw conversion.fail(node, "a block's label must be plain text");
}
