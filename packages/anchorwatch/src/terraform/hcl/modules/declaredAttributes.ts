import { type Block, type Body, type Expression, literalOf } from "tfprovider/hcl";
import type { DeclaredAttributes } from "../../../domain/shape.ts";

/** Terraform's own arguments and blocks of a resource: they set nothing of the resource itself. */
export const RESOURCE_META: ReadonlySet<string> = new Set([
  "connection",
  "count",
  "depends_on",
  "for_each",
  "lifecycle",
  "provider",
  "provisioner",
]);

/**
 * Which attributes a resource's body sets. An argument that is null is not set; what a `dynamic` block makes counts as
 * if it stood there.
 * @param isNull asked for arguments that are no literal
 */
export function declaredAttributes(
  body: Body,
  isNull: (expression: Expression) => boolean,
): DeclaredAttributes {
  return bodyAttributes(body, isNull, RESOURCE_META);
}

type MutableDeclared = Map<string, true | DeclaredAttributes>;

function bodyAttributes(
  body: Body,
  isNull: (expression: Expression) => boolean,
  except: ReadonlySet<string> = new Set(),
): DeclaredAttributes {
  const declared: MutableDeclared = new Map();
  for (const { name, expression } of body.attributes) {
    if (except.has(name) || isNullLiteral(expression)) continue;
    if (isComputed(expression) && isNull(expression)) continue;
    declared.set(name, true);
  }
  for (const block of body.blocks) {
    const { type, inner } = effective(block);
    if (except.has(type)) continue;
    const before = declared.get(type);
    const nested = bodyAttributes(inner, isNull);
    declared.set(type, before instanceof Map ? united(before, nested) : nested);
  }
  return declared;
}

function isNullLiteral(expression: Expression): boolean {
  return literalOf(expression) === null;
}

/** Whether only evaluating tells that it is null: a template or a list never is. */
function isComputed({ kind }: Expression): boolean {
  return !["literal", "tuple", "object", "for", "binary", "unary"].includes(kind);
}

function effective(block: Block): { readonly type: string; readonly inner: Body } {
  if (block.type !== "dynamic") return { type: block.type, inner: block.body };
  const content = block.body.blocks.find((inner) => inner.type === "content");
  return { type: block.labels[0] ?? "dynamic", inner: content?.body ?? { attributes: [], blocks: [] } };
}

function united(a: DeclaredAttributes, b: DeclaredAttributes): DeclaredAttributes {
  const both: MutableDeclared = new Map(a);
  for (const [name, value] of b) {
    const before = both.get(name);
    both.set(name, before instanceof Map && value instanceof Map ? united(before, value) : (before ?? value));
  }
  return both;
}
