/**
 * A checked syntax tree → a function that evaluates it. Ours and not the library's, since only so can each step be counted and each value
 * that was read be told, and since the library's `matches` is JavaScript's RegExp.
 */
import type { ASTNode } from "@marcbachmann/cel-js";
import { compileAccess, compileHas, isAccess } from "./access.ts";
import { compileComprehension, isComprehension } from "./comprehension.ts";
import { CelFailure } from "./failure.ts";
import { functionOf } from "./functions.ts";
import { compileAnd, compileOr, compileTernary, condition } from "./logic.ts";
import type { Evaluate, Run } from "./run.ts";
import { Scope } from "./scope.ts";
import {
  type Arithmetic,
  CelOptional,
  type CelValue,
  calculate,
  compare,
  equals,
  fromData,
  isList,
  isMap,
  kindOf,
} from "./values.ts";

export interface CompiledNode {
  readonly evaluate: Evaluate;
  readonly readsNow: boolean;
}

/** @throws CelFailure for what the library knows and we do not */
export function compileNode(node: ASTNode): CompiledNode {
  const scope = new Scope(compile);
  const evaluate = compile(node, scope);
  return { evaluate, readsNow: scope.readsNow };
}

/** One step for each node, each time. */
function compile(node: ASTNode, scope: Scope): Evaluate {
  if (isAccess(node)) return compileAccess(node, scope).traced;
  if (node.op === "value") return literal(node);
  const inner = compileOther(node, scope);
  const offset = node.pos;
  return (run) => {
    run.budget.take(1);
    try {
      return inner(run);
    } catch (error) {
      if (error instanceof CelFailure && error.offset === undefined)
        throw new CelFailure(error.message, offset);
      throw error;
    }
  };
}

function compileOther(node: Exclude<ASTNode, { op: "value" }>, scope: Scope): Evaluate {
  switch (node.op) {
    case "!_": {
      const value = compile(node.args, scope);
      return (run) => !condition(value(run));
    }
    case "-_": {
      const value = compile(node.args, scope);
      return (run) => calculate("-", 0n, value(run), run.budget);
    }
    case "&&":
      return compileAnd(compile(node.args[0], scope), compile(node.args[1], scope));
    case "||":
      return compileOr(compile(node.args[0], scope), compile(node.args[1], scope));
    case "?:": {
      const [test, then, otherwise] = node.args.map((part) => compile(part, scope));
      return compileTernary(test as Evaluate, then as Evaluate, otherwise as Evaluate);
    }
    case "list": {
      const items = node.args.map((item) => compile(item, scope));
      return (run) => items.map((item) => item(run));
    }
    case "map":
      return compileMap(node.args, scope);
    case "call":
      return compileCall(node, scope);
    case "rcall":
      return compileMethod(node, scope);
    case "id":
    case ".":
    case ".?":
    case "[]":
    case "[?]":
      return compileAccess(node, scope).traced;
    default:
      return compileBinary(node.op, compile(node.args[0], scope), compile(node.args[1], scope));
  }
}

function literal(node: ASTNode & { readonly op: "value" }): Evaluate {
  const value: unknown = node.args;
  if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value)
    throw new CelFailure("the number is too large", node.pos);
  if (typeof value === "object" && value !== null)
    throw new CelFailure("bytes and unsigned numbers (1u) are not used here", node.pos);
  const known = value as null | boolean | bigint | number | string;
  return (run) => {
    run.budget.take(1);
    return known;
  };
}

type BinaryOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | Arithmetic;

function compileBinary(op: BinaryOperator, left: Evaluate, right: Evaluate): Evaluate {
  switch (op) {
    case "==":
      return (run) => equals(left(run), right(run), run.budget);
    case "!=":
      return (run) => !equals(left(run), right(run), run.budget);
    case "<":
      return (run) => compare(left(run), right(run), run.budget) < 0;
    case "<=":
      return (run) => compare(left(run), right(run), run.budget) <= 0;
    case ">":
      return (run) => compare(left(run), right(run), run.budget) > 0;
    case ">=":
      return (run) => compare(left(run), right(run), run.budget) >= 0;
    case "in":
      return (run) => isIn(left(run), right(run), run);
    default:
      return (run) => calculate(op, left(run), right(run), run.budget);
  }
}

function isIn(value: CelValue, collection: CelValue, { budget }: Run): boolean {
  if (isList(collection)) {
    budget.take(collection.length);
    return collection.some((item) => equals(fromData(item), value, budget));
  }
  if (isMap(collection))
    return typeof value === "string" && Object.hasOwn(collection, value) && collection[value] !== undefined;
  throw new CelFailure(`nothing is in ${kindOf(collection)}; expected a list or a map`);
}

function compileMap(entries: readonly (readonly [ASTNode, ASTNode])[], scope: Scope): Evaluate {
  const compiled = entries.map(([key, value]) => [compile(key, scope), compile(value, scope)] as const);
  return (run) => {
    const map: Record<string, CelValue> = Object.create(null);
    for (const [keyAt, valueAt] of compiled) {
      const key = keyAt(run);
      if (typeof key !== "string") throw new CelFailure(`a key of a map is ${kindOf(key)}; expected a text`);
      map[key] = valueAt(run);
    }
    return map;
  };
}

function compileCall(node: ASTNode & { readonly op: "call" }, scope: Scope): Evaluate {
  const [name, args] = node.args;
  if (name === "has" && args[0] !== undefined) return compileHas(args[0], scope);
  return compileFunction(name, args, false, node, scope);
}

function compileMethod(node: ASTNode & { readonly op: "rcall" }, scope: Scope): Evaluate {
  const [name, receiver, args] = node.args;
  if (isComprehension(name, args.length)) return compileComprehension(name, receiver, args, scope);
  if (receiver.op === "id" && receiver.args === "cel") return compileBind(name, args, node, scope);
  const [otherwise] = args;
  if ((name === "orValue" || name === "or") && otherwise !== undefined)
    return compileOtherwise(name, compile(receiver, scope), compile(otherwise, scope));
  return compileFunction(name, [receiver, ...args], true, node, scope);
}

function compileOtherwise(name: "orValue" | "or", value: Evaluate, otherwise: Evaluate): Evaluate {
  return (run) => {
    const found = value(run);
    if (!(found instanceof CelOptional))
      throw new CelFailure(`${name}(…) needs what .? gives, and this is ${kindOf(found)}`);
    if (found.value === undefined) return otherwise(run);
    return name === "or" ? found : found.value;
  };
}

/** `cel.bind(name, value, expression)`. */
function compileBind(
  name: string,
  [variable, value, body]: readonly ASTNode[],
  node: ASTNode,
  scope: Scope,
): Evaluate {
  if (name !== "bind" || variable?.op !== "id" || value === undefined || body === undefined)
    throw new CelFailure(`there is no function cel.${name}`, node.pos);
  const valueAt = compile(value, scope);
  const inner = scope.with(variable.args, scope.shapeOf(value));
  const bodyOf = compile(body, inner.scope);
  const { slot } = inner;
  return (run) => {
    run.slots[slot] = valueAt(run);
    run.paths[slot] = undefined;
    return bodyOf(run);
  };
}

function compileFunction(
  name: string,
  args: readonly ASTNode[],
  isMethod: boolean,
  node: ASTNode,
  scope: Scope,
): Evaluate {
  const found = functionOf(name, args.length, isMethod);
  if (found === undefined)
    throw new CelFailure(
      `the function ${name}(…) is not there; docs/policies.md lists those that are`,
      node.pos,
    );
  const { call, literal: checked } = found;
  const written = checked === undefined ? undefined : args[checked.at];
  if (checked !== undefined && written?.op === "value" && typeof written.args === "string") {
    const problem = checked.problem(written.args);
    if (problem !== undefined) throw new CelFailure(problem, written.pos);
  } else if (checked?.isNeeded === true && written !== undefined) {
    throw new CelFailure(
      `${name}(…) needs a text that is written out, such as "Europe/Berlin"`,
      written.start,
    );
  }
  const compiled = args.map((arg) => compile(arg, scope));
  const [first, second] = compiled;
  if (compiled.length === 1 && first !== undefined) return (run) => call([first(run)], run.budget);
  if (compiled.length === 2 && first !== undefined && second !== undefined)
    return (run) => call([first(run), second(run)], run.budget);
  return (run) =>
    call(
      compiled.map((arg) => arg(run)),
      run.budget,
    );
}
