import type { Node } from "web-tree-sitter";
import type { Expression } from "./ast.ts";
import { type Conversion, childOfType, childrenOf } from "./conversion.ts";
import { numberLiteral } from "./numberLiteral.ts";

/** A term as the grammar lays it out: a primary (or `(`, expression, `)`) followed by its traversals, all in one row. */
export function convertTerm(nodes: readonly Node[], parent: Node, conversion: Conversion): Expression {
  const [first, second, third] = nodes;
  if (first === undefined) throw conversion.fail(parent, "expected a value");
  if (first.type !== "(") {
    const traversals = traversalsOf(nodes.slice(1));
    const primary = conversion.nested(first, () => conversion.primary(first), traversals.length);
    return applyTraversals(primary, first, traversals, conversion);
  }
  if (second === undefined || third === undefined)
    throw conversion.fail(first, "expected a value in parentheses");
  const traversals = traversalsOf(nodes.slice(3));
  const inner = conversion.nested(first, () => conversion.expression(second), traversals.length);
  const whole: Expression = { kind: "parentheses", inner, range: conversion.range(first, third) };
  return applyTraversals(whole, first, traversals, conversion);
}

type Traversal = { readonly node: Node } & (
  | { readonly kind: "attr" | "newIndex" | "legacyIndex" }
  | { readonly kind: "attrSplat" | "fullSplat" }
);

/** The grammar hangs what follows a splat under it; here it is one flat row. */
function traversalsOf(nodes: readonly Node[]): Traversal[] {
  return nodes.flatMap((node): Traversal[] => {
    switch (node.type) {
      case "get_attr":
        return [{ kind: "attr", node }];
      case "new_index":
        return [{ kind: "newIndex", node }];
      case "legacy_index":
        return [{ kind: "legacyIndex", node }];
      case "attr_splat":
      case "full_splat": {
        const kind = node.type === "attr_splat" ? "attrSplat" : "fullSplat";
        return [{ kind, node: childrenOf(node)[0] ?? node }, ...traversalsOf(childrenOf(node).slice(1))];
      }
      case "index":
      case "splat":
        return traversalsOf(childrenOf(node));
      default:
        return [];
    }
  });
}

/**
 * `a[*].b[0]` takes `.b[0]` of every element: a full splat reaches to the end, further splats included.
 * `a.*.b[0]` takes `.b` of every element and then the first of all that: the old splat ends before a bracket.
 */
function applyTraversals(
  start: Expression,
  startNode: Node,
  traversals: readonly Traversal[],
  conversion: Conversion,
): Expression {
  let target = start;
  for (let at = 0; at < traversals.length; at++) {
    const step = traversals[at] as Traversal;
    if (step.kind !== "attrSplat" && step.kind !== "fullSplat") {
      target = applyStep(target, startNode, step, conversion);
      continue;
    }
    const reach =
      step.kind === "fullSplat" ? traversals.slice(at + 1) : attributeSteps(traversals.slice(at + 1));
    const range = conversion.range(startNode, step.node);
    const each = conversion.nested(step.node, () =>
      applyTraversals({ kind: "splatItem", range }, startNode, reach, conversion),
    );
    target = { kind: "splat", style: step.kind === "fullSplat" ? "full" : "attribute", target, each, range };
    at += reach.length;
  }
  return target;
}

function attributeSteps(traversals: readonly Traversal[]): readonly Traversal[] {
  const end = traversals.findIndex((step) => step.kind !== "attr" && step.kind !== "legacyIndex");
  return end < 0 ? traversals : traversals.slice(0, end);
}

function applyStep(target: Expression, startNode: Node, step: Traversal, conversion: Conversion): Expression {
  const range = conversion.range(startNode, step.node);
  const { node } = step;
  if (step.kind === "attr") {
    const name = childOfType(node, "identifier");
    if (name === undefined) throw conversion.fail(node, "expected an attribute's name");
    return { kind: "getAttr", target, name: conversion.text(name), range };
  }
  if (step.kind === "legacyIndex") {
    const value = numberLiteral(conversion.text(node).replace(/[.\s]/g, ""));
    if (value === undefined) throw conversion.fail(node, "expected a number");
    return { kind: "index", target, key: { kind: "literal", value, range: conversion.range(node) }, range };
  }
  const key = childOfType(node, "expression");
  if (key === undefined) throw conversion.fail(node, "expected an index");
  return { kind: "index", target, key: conversion.expression(key), range };
}
