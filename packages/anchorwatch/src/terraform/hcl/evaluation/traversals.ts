import type { Expression, Range } from "tfprovider/hcl";
import { EvaluationFailure } from "../failure.ts";
import { isInteger, truncate } from "../values/bigFloat.ts";
import { convert } from "../values/convert.ts";
import { DYNAMIC, listOf, NUMBER, type Type, typeName } from "../values/type.ts";
import { marked, reasonsOf, type Typed, tuple, typeOf, unknownOf } from "../values/typed.ts";
import { unify } from "../values/unify.ts";
import { keyText } from "./constructors.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Scope } from "./scope.ts";

type GetAttr = Extract<Expression, { kind: "getAttr" }>;

export function evaluateVariable(name: string, scope: Scope): Typed {
  const bound = scope.names.get(name);
  if (bound !== undefined) return bound;
  throw new EvaluationFailure(`\`${name}\` alone refers to nothing`);
}

export function evaluateGetAttr(evaluation: Evaluation, expression: GetAttr, scope: Scope): Typed {
  const reference = moduleReference(evaluation, expression, scope);
  return reference ?? attributeOf(evaluation.evaluate(expression.target, scope), expression.name);
}

/** A reference that starts at a name of the module, not at one bound around it. */
function moduleReference(
  evaluation: Evaluation,
  { target, name, range }: GetAttr,
  scope: Scope,
): Typed | undefined {
  const root = rootName(target, scope);
  if (root === "data") throw new EvaluationFailure("a data source is written `data.TYPE.NAME`");
  if (root !== undefined) return scope.references.attribute(root, name, range);
  if (target.kind === "getAttr") {
    const outer = rootName(target.target, scope);
    if (outer === "data") return scope.references.data(target.name, name, range);
    if (outer === "module") return scope.references.moduleOutput(target.name, undefined, name, range);
  }
  return indexedModule(evaluation, target, name, range, scope);
}

function indexedModule(
  evaluation: Evaluation,
  target: Expression,
  name: string,
  range: Range,
  scope: Scope,
): Typed | undefined {
  if (target.kind !== "index" || target.target.kind !== "getAttr") return undefined;
  if (rootName(target.target.target, scope) !== "module") return undefined;
  const key = evaluation.evaluate(target.key, scope);
  return scope.references.moduleOutput(target.target.name, key, name, range);
}

function rootName(expression: Expression, scope: Scope): string | undefined {
  return expression.kind === "variable" && !scope.names.has(expression.name) ? expression.name : undefined;
}

/** `value.name`; on a list of one kind of thing Terraform wants `[0]` or `[*]` first. */
function attributeOf(value: Typed, name: string): Typed {
  if (value.kind === "unknown")
    return marked(unknownOf(attributeType(value.type, name), value.reasons), value.sensitive);
  if (value.kind === "null") throw new EvaluationFailure(`a value is null and has no attribute "${name}"`);
  if (!("entries" in value))
    throw new EvaluationFailure(`${typeName(typeOf(value))} has no attributes, and "${name}" is asked for`);
  const found = value.entries.get(name);
  if (found === undefined) throw new EvaluationFailure(`the ${value.kind} has no attribute "${name}"`);
  return marked(found, value.sensitive);
}

function attributeType(type: Type, name: string): Type {
  if (type.kind === "object") return type.attributes.get(name) ?? DYNAMIC;
  return type.kind === "map" ? type.element : DYNAMIC;
}

type Index = Extract<Expression, { kind: "index" }>;

export function evaluateIndex(evaluation: Evaluation, { target, key }: Index, scope: Scope): Typed {
  return elementAt(evaluation.evaluate(target, scope), evaluation.evaluate(key, scope));
}

function elementAt(value: Typed, key: Typed): Typed {
  const secret = value.sensitive || key.sensitive;
  if (value.kind === "unknown" || key.kind === "unknown")
    return marked(unknownOf(DYNAMIC, reasonsOf([value, key])), secret);
  if (value.kind === "null") throw new EvaluationFailure("a value is null and has no elements");
  if ("entries" in value) {
    const name = keyText(key);
    if (key.sensitive && !value.entries.has(name))
      throw new EvaluationFailure(`the ${value.kind} has no attribute of that (sensitive) name`);
    return marked(attributeOf(value, name), secret);
  }
  if (value.kind !== "list" && value.kind !== "tuple")
    throw new EvaluationFailure(`${typeName(typeOf(value))} has no elements to choose from by number`);
  const position = convert(key, NUMBER);
  if (position.kind !== "number" || !isInteger(position.number))
    throw new EvaluationFailure("a whole number is required to choose an element");
  const index = truncate(position.number);
  const found = index >= 0n ? value.items[Number(index)] : undefined;
  if (found === undefined)
    throw new EvaluationFailure(
      `there is no element ${secret ? "of that (sensitive) number" : `${index} among ${value.items.length}`}`,
    );
  return marked(found, secret);
}

type Splat = Extract<Expression, { kind: "splat" }>;

/** Of what is no list, a list of one; of null, an empty one. */
export function evaluateSplat(evaluation: Evaluation, { target, each }: Splat, scope: Scope): Typed {
  const value = evaluation.evaluate(target, scope);
  if (value.kind === "unknown") return marked(unknownOf(DYNAMIC, value.reasons), value.sensitive);
  const items = "items" in value ? value.items : value.kind === "null" ? [] : [value];
  const results = tuple(items.map((item) => evaluation.evaluate(each, { ...scope, item })));
  evaluation.budget.spend(results.weight);
  const collection = value.kind === "list" || value.kind === "set";
  const element = collection && "items" in results ? unify(results.items.map(typeOf)) : undefined;
  const whole = element === undefined ? results : convert(results, listOf(element));
  return marked(whole, value.sensitive);
}
