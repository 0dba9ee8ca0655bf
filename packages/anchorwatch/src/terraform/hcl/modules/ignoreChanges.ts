import { type Body, type Expression, type HclParser, isSyntaxError, literalOf } from "tfprovider/hcl";
import type { Path, PathStep } from "../../../domain/path.ts";
import type { IgnoreChanges } from "./moduleConfig.ts";

/** `lifecycle { ignore_changes = [tags["Owner"], ami] }`. What is no path is left out: Terraform refuses it. */
export function ignoreChangesOf(body: Body, parser: HclParser): IgnoreChanges | undefined {
  const attribute = lifecycleAttribute(body, "ignore_changes");
  if (attribute === undefined) return undefined;
  const { file, line } = attribute.range;
  const { expression } = attribute;
  if (isAll(expression, parser)) return { kind: "all", file, line };
  if (expression.kind !== "tuple") return undefined;
  // `["*"]` is how all was written before Terraform 0.12.
  if (expression.elements.some((element) => literalOf(element) === "*")) return { kind: "all", file, line };
  const paths = expression.elements.flatMap((element) => {
    const path = pathOf(unquoted(element, parser));
    return path === undefined ? [] : [{ path, file: element.range.file, line: element.range.line }];
  });
  return { kind: "paths", paths, file, line };
}

export function preventDestroyOf(body: Body): boolean | undefined {
  const attribute = lifecycleAttribute(body, "prevent_destroy");
  const value = attribute === undefined ? undefined : literalOf(attribute.expression);
  return typeof value === "boolean" ? value : undefined;
}

function lifecycleAttribute(body: Body, name: string) {
  return body.blocks
    .filter((block) => block.type === "lifecycle")
    .flatMap((block) => block.body.attributes)
    .find((attribute) => attribute.name === name);
}

function isAll(expression: Expression, parser: HclParser): boolean {
  const inner = unquoted(expression, parser);
  return inner.kind === "variable" && inner.name === "all";
}

/** Old code and JSON write references in quotes. */
function unquoted(expression: Expression, parser: HclParser): Expression {
  if (expression.kind !== "literal" || typeof expression.value !== "string") return expression;
  const { range } = expression;
  const inner = parser.parseExpression(expression.value, range.file, range);
  return isSyntaxError(inner) ? expression : inner;
}

function pathOf(expression: Expression): Path | undefined {
  switch (expression.kind) {
    case "variable":
      return [expression.name];
    case "getAttr":
      return extended(expression.target, expression.name);
    case "index": {
      const key = literalOf(expression.key);
      return typeof key === "string" || typeof key === "number"
        ? extended(expression.target, key)
        : undefined;
    }
    default:
      return undefined;
  }
}

function extended(target: Expression, step: PathStep): Path | undefined {
  const path = pathOf(target);
  return path === undefined ? undefined : [...path, step];
}
