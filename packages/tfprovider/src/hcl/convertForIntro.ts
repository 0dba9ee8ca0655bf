import type { Node } from "web-tree-sitter";
import type { ForExpression } from "./ast.ts";
import { type Conversion, childOfType, childrenOfType } from "./conversion.ts";

/** `for k, v in collection`, in an expression or a template. */
export function convertForIntro(
  node: Node,
  conversion: Conversion,
): Pick<ForExpression, "keyName" | "valueName" | "collection"> {
  const names = childrenOfType(node, "identifier").map((name) => conversion.text(name));
  const collection = childOfType(node, "expression");
  const valueName = names.at(-1);
  if (collection === undefined || valueName === undefined)
    throw conversion.fail(node, "expected `for name in value`");
  const keyName = names.length > 1 ? names[0] : undefined;
  return {
    ...(keyName === undefined ? {} : { keyName }),
    valueName,
    collection: conversion.expression(collection),
  };
}
