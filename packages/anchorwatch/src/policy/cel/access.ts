/** Variables and what is in them: `live.ingress[0].from_port`. What is read is told by its path. */
import type { ASTNode } from "@marcbachmann/cel-js";
import { CelFailure } from "./failure.ts";
import type { Evaluate, Run } from "./run.ts";
import type { Scope } from "./scope.ts";
import { CelOptional, type CelValue, fromData, isList, isMap, kindOf } from "./values.ts";

type AccessNode = ASTNode & { readonly op: "id" | "." | ".?" | "[]" | "[?]" };

interface Access {
  readonly value: Evaluate;
  /** The same, and told to the trace. */
  readonly traced: Evaluate;
  /** How what is read is called; undefined: it is the result of a calculation. */
  readonly path: (run: Run) => string | undefined;
}

export function isAccess(node: ASTNode): node is AccessNode {
  return node.op === "id" || node.op === "." || node.op === ".?" || node.op === "[]" || node.op === "[?]";
}

export function compileAccess(node: AccessNode, scope: Scope): Access {
  const { value, path } = node.op === "id" ? compileVariable(node, scope) : compileMember(node, scope);
  const traced: Evaluate = (run) => {
    const found = value(run);
    if (run.trace !== undefined) {
      const name = path(run);
      if (name !== undefined) run.trace.add(name, found);
    }
    return found;
  };
  return { value, traced, path };
}

/** What a comprehension goes over: its path, so that members have theirs. */
export function compileRange(node: ASTNode, scope: Scope): Pick<Access, "value" | "path"> {
  return isAccess(node) ? compileAccess(node, scope) : { value: scope.compile(node), path: () => undefined };
}

/** `has(actor.person)`: whether it is there, be it null. */
export function compileHas(node: ASTNode, scope: Scope): Evaluate {
  if (node.op !== "." && node.op !== ".?")
    throw new CelFailure("has(…) needs a member, such as has(live.tags)", node.pos);
  const [object, member] = node.args;
  const instead = scope.membersInstead(object, member);
  if (instead !== undefined)
    throw new CelFailure(`it has no member “${member}”; it has ${instead.join(", ")}`, node.pos);
  const { value, path } = compileRange(object, scope);
  const cut = isWhole(object);
  return (run) => {
    run.budget.take(1);
    const found = value(run);
    const inner = found instanceof CelOptional ? (found.value ?? null) : found;
    const isThere = isMap(inner) && memberOf(inner, member) !== undefined;
    if (!isThere && cut) assertWhole(run, member, node.pos);
    run.trace?.add(`has(${path(run) ?? "…"}.${member})`, isThere);
    return isThere;
  };
}

function compileVariable(
  node: ASTNode & { readonly op: "id" },
  scope: Scope,
): Pick<Access, "value" | "path"> {
  const name = node.args;
  const bound = scope.bound(name);
  if (bound !== undefined) {
    const { slot } = bound;
    return {
      value: (run) => {
        run.budget.take(1);
        return run.slots[slot] ?? null;
      },
      path: (run) => run.paths[slot],
    };
  }
  if (name === "now") scope.noteNow();
  const offset = node.pos;
  return {
    value: (run) => {
      run.budget.take(1);
      const value = Object.hasOwn(run.variables, name) ? run.variables[name] : undefined;
      if (value === undefined) throw new CelFailure(`“${name}” is not used here`, offset);
      return value;
    },
    path: () => name,
  };
}

function compileMember(
  node: ASTNode & { readonly op: "." | ".?" | "[]" | "[?]" },
  scope: Scope,
): Pick<Access, "value" | "path"> {
  const object = node.args[0];
  const base = compileRange(object, scope);
  const isOptional = node.op === ".?" || node.op === "[?]";
  const cut = isWhole(object);
  const offset = node.pos;
  const fixed = node.op === "[]" || node.op === "[?]" ? undefined : node.args[1];
  const key: Evaluate =
    node.op === "[]" || node.op === "[?]" ? scope.compile(node.args[1]) : constant(node.args[1]);
  const step = fixed === undefined ? undefined : stepOf(fixed);
  return {
    value: (run) => {
      run.budget.take(1);
      const found = base.value(run);
      const wanted = fixed ?? key(run);
      const optional = isOptional || found instanceof CelOptional;
      const inner = found instanceof CelOptional ? found.value : found;
      const member = inner === undefined ? undefined : lookUp(inner, wanted);
      if (member === undefined && cut) assertWhole(run, wanted, offset);
      // Of what is optional null is missing, too: attributes that nobody set are null.
      if (optional) return new CelOptional(member === null ? undefined : member);
      if (member === undefined) throw new CelFailure(missing(inner ?? null, wanted), offset);
      return member;
    },
    path: (run) => {
      const before = base.path(run);
      return before === undefined ? undefined : before + (step ?? stepOf(key(run)));
    },
  };
}

function constant(value: string): Evaluate {
  return () => value;
}

function lookUp(object: CelValue, key: CelValue): CelValue | undefined {
  if (isMap(object)) return typeof key === "string" ? memberOf(object, key) : undefined;
  if (!isList(object) || (typeof key !== "bigint" && typeof key !== "number")) return undefined;
  const item = object[Number(key)];
  return item === undefined ? undefined : fromData(item);
}

/** Only its own members: names such as `constructor` are data. */
function memberOf(map: { readonly [key: string]: CelValue | undefined }, key: string): CelValue | undefined {
  const value = Object.hasOwn(map, key) ? map[key] : undefined;
  return value === undefined ? undefined : fromData(value);
}

function missing(object: CelValue, key: CelValue): string {
  const name = typeof key === "string" ? `“${key.slice(0, 60)}”` : String(key);
  if (isList(object)) return `the list has ${object.length} members and none at ${name}`;
  if (isMap(object)) return `there is no ${name}; has(…), or .? with orValue(…), asks whether it is there`;
  return `${kindOf(object)} has no member ${name}`;
}

function isWhole(node: ASTNode): boolean {
  return node.op === "id" && (node.args === "live" || node.args === "recorded");
}

/** What was cut away is not absent: a rule that asks for it cannot be answered. */
function assertWhole({ variables }: Run, key: CelValue, offset: number): void {
  if (variables["isCut"] !== true) return;
  throw new CelFailure(`only what changed is known of this resource, and “${String(key)}” did not`, offset);
}

/** As it is written behind what it is a member of. */
function stepOf(key: CelValue): string {
  if (typeof key !== "string") return `[${String(key)}]`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key.slice(0, 100))}]`;
}
