import type { Range } from "tfprovider/hcl";
import type { Budget } from "../budget.ts";
import type { Typed } from "../values/typed.ts";

/** What the names of an expression stand for. */
export interface Scope {
  /** Bound by `for`, by a `dynamic` block or handed to a template. */
  readonly names: ReadonlyMap<string, Typed>;
  /** The element that a splat is looking at. */
  readonly item?: Typed;
  readonly references: References;
}

/** The references of a module: `var.x`, `local.x`, `module.x.out`, resources. Failures are EvaluationFailures. */
export interface References {
  /**
   * `root.name`, such as `var.region`, or `aws_vpc.main`; `data.aws_region.current` comes as the root `data` and two
   * names at once.
   */
  attribute(root: string, name: string, at: Range): Typed;
  data(type: string, name: string, at: Range): Typed;
  /** `module.name.output`, or `module.name[key].output`, without evaluating the module's other outputs. */
  moduleOutput(call: string, key: Typed | undefined, output: string, at: Range): Typed;
}

/** The scope with more names. A template may be handed any number of them, and copies them in every round of a loop. */
export function withNames(budget: Budget, scope: Scope, names: Iterable<readonly [string, Typed]>): Scope {
  budget.spend(scope.names.size >> 4);
  return { ...scope, names: new Map([...scope.names, ...names]) };
}
