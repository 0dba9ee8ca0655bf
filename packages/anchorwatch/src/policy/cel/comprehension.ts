/** `exists`, `all`, `exists_one`, `filter` and `map`. */
import type { ASTNode } from "@marcbachmann/cel-js";
import { compileRange } from "./access.ts";
import { CelFailure } from "./failure.ts";
import { attempt, condition } from "./logic.ts";
import type { Evaluate, Run } from "./run.ts";
import { elementOf, type Scope } from "./scope.ts";
import { type CelValue, fromData, isList, isMap, kindOf } from "./values.ts";

type Name = "exists" | "all" | "exists_one" | "filter" | "map";

export function isComprehension(name: string, argumentCount: number): name is Name {
  if (argumentCount === 3) return name === "map";
  return argumentCount === 2 && ["exists", "all", "exists_one", "filter", "map"].includes(name);
}

export function compileComprehension(
  name: Name,
  range: ASTNode,
  args: readonly ASTNode[],
  scope: Scope,
): Evaluate {
  const [variable, first, second] = args;
  if (variable?.op !== "id" || first === undefined)
    throw new CelFailure(`${name}(…) begins with the name of a variable`, range.pos);
  const inner = scope.with(variable.args, elementOf(scope.shapeOf(range)));
  const each = { ...compileRange(range, scope), slot: inner.slot };
  const body = inner.scope.compile(first);
  switch (name) {
    case "exists":
      return quantifier(each, body, true);
    case "all":
      return quantifier(each, body, false);
    case "exists_one":
      return (run) => filtered(each, body, (item) => item, run).length === 1;
    case "filter":
      return (run) => filtered(each, body, (item) => item, run);
    case "map": {
      if (second === undefined) return (run) => mapped(each, body, run);
      const made = inner.scope.compile(second);
      return (run) => filtered(each, body, (_, here) => made(here), run);
    }
  }
}

interface Each {
  readonly value: Evaluate;
  readonly path: (run: Run) => string | undefined;
  readonly slot: number;
}

/** `found`: the first member for which the body is that decides. Members that fail count only when none does. */
function quantifier(each: Each, body: Evaluate, found: boolean): Evaluate {
  return (run) => {
    const { trace } = run;
    const before = trace?.mark ?? 0;
    let failure: CelFailure | undefined;
    const range = membersOf(each, run);
    for (let index = 0; index < range.items.length; index++) {
      bind(each, range, index, run);
      const mark = trace?.mark ?? 0;
      const one = attempt(body, run);
      if (one === found) {
        // Only what the deciding member made it read.
        trace?.forget(before, mark);
        return found;
      }
      if (one instanceof CelFailure) failure ??= one;
    }
    if (failure !== undefined) throw failure;
    return !found;
  };
}

function filtered(
  each: Each,
  test: Evaluate,
  made: (item: CelValue, run: Run) => CelValue,
  run: Run,
): readonly CelValue[] {
  const kept: CelValue[] = [];
  const range = membersOf(each, run);
  for (let index = 0; index < range.items.length; index++) {
    const item = bind(each, range, index, run);
    if (condition(test(run))) kept.push(made(item, run));
  }
  return kept;
}

function mapped(each: Each, body: Evaluate, run: Run): readonly CelValue[] {
  const made: CelValue[] = [];
  const range = membersOf(each, run);
  for (let index = 0; index < range.items.length; index++) {
    bind(each, range, index, run);
    made.push(body(run));
  }
  return made;
}

interface Range {
  readonly items: readonly CelValue[];
  /** How the list is named; undefined where nobody asks, or it is the result of a calculation. */
  readonly base: string | undefined;
}

/** Of a map its keys. */
function membersOf({ value, path }: Each, run: Run): Range {
  const collection = value(run);
  if (isList(collection)) return { items: collection, base: run.trace === undefined ? undefined : path(run) };
  if (isMap(collection)) return { items: Object.keys(collection), base: undefined };
  throw new CelFailure(`cannot go over ${kindOf(collection)}; expected a list or a map`);
}

/** Sets the variable to a member; an inner comprehension has a slot of its own. */
function bind({ slot }: Each, { items, base }: Range, index: number, run: Run): CelValue {
  run.budget.take(1);
  const item = fromData(items[index] ?? null);
  run.slots[slot] = item;
  if (run.trace !== undefined) run.paths[slot] = base === undefined ? undefined : `${base}[${index}]`;
  return item;
}
