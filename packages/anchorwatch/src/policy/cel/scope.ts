/** Which names an expression knows at a place, while it is compiled. */
import type { ASTNode } from "@marcbachmann/cel-js";
import type { Evaluate } from "./run.ts";
import { ADJUSTMENT_VARIABLES, OBJECT_TYPES, type ObjectType, VARIABLES } from "./vocabulary.ts";

/** The object that a value is, or that each member of a list is: `Actor`, `list<Change>`. */
type Shape = string | undefined;

interface Bound {
  readonly slot: number;
  readonly shape: Shape;
}

type Compile = (node: ASTNode, scope: Scope) => Evaluate;

export class Scope {
  readonly #bound: ReadonlyMap<string, Bound>;
  readonly #shared: { slots: number; readsNow: boolean };
  readonly #compile: Compile;

  /** @param compile comes in, since the parts of an expression are compiled by each other */
  constructor(
    compile: Compile,
    bound: ReadonlyMap<string, Bound> = new Map(),
    shared = { slots: 0, readsNow: false },
  ) {
    this.#compile = compile;
    this.#bound = bound;
    this.#shared = shared;
  }

  compile(node: ASTNode): Evaluate {
    return this.#compile(node, this);
  }

  get readsNow(): boolean {
    return this.#shared.readsNow;
  }

  noteNow(): void {
    this.#shared.readsNow = true;
  }

  bound(name: string): Bound | undefined {
    return this.#bound.get(name);
  }

  /** A scope with one more name, and the slot that its values have. */
  with(name: string, shape: Shape): { readonly scope: Scope; readonly slot: number } {
    const slot = this.#shared.slots++;
    return {
      slot,
      scope: new Scope(this.#compile, new Map([...this.#bound, [name, { slot, shape }]]), this.#shared),
    };
  }

  shapeOf(node: ASTNode): Shape {
    if (node.op === "id")
      return this.#bound.has(node.args) ? this.#bound.get(node.args)?.shape : variableType(node.args);
    if (node.op === "[]") return elementOf(this.shapeOf(node.args[0]));
    if (node.op === "." || node.op === ".?") return fieldType(this.shapeOf(node.args[0]), node.args[1]);
    if (node.op === "rcall" && node.args[0] === "filter") return this.shapeOf(node.args[1]);
    return undefined;
  }

  /** Of an object of ours without such a member: those that it has. */
  membersInstead(object: ASTNode, member: string): readonly string[] | undefined {
    const shape = this.shapeOf(object);
    if (!isObjectType(shape) || Object.hasOwn(OBJECT_TYPES[shape], member)) return undefined;
    return Object.keys(OBJECT_TYPES[shape]);
  }
}

export function elementOf(shape: Shape): Shape {
  return /^list<(.*)>$/.exec(shape ?? "")?.[1];
}

function variableType(name: string): Shape {
  const variables: Readonly<Record<string, { readonly type: string }>> = {
    ...VARIABLES,
    ...ADJUSTMENT_VARIABLES,
  };
  return Object.hasOwn(variables, name) ? variables[name]?.type : undefined;
}

function fieldType(shape: Shape, member: string): Shape {
  if (!isObjectType(shape)) return undefined;
  const fields: Readonly<Record<string, string>> = OBJECT_TYPES[shape];
  return Object.hasOwn(fields, member) ? fields[member] : undefined;
}

function isObjectType(shape: Shape): shape is ObjectType {
  return shape !== undefined && Object.hasOwn(OBJECT_TYPES, shape);
}
