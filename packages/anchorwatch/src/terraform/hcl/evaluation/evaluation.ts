import type { Expression } from "tfprovider/hcl";
import type { Budget } from "../budget.ts";
import type { FileAccess } from "../functions/define.ts";
import type { Typed } from "../values/typed.ts";
import type { Scope } from "./scope.ts";

/** What the parts of the evaluator need of the whole. */
export interface Evaluation {
  readonly files: FileAccess;
  readonly budget: Budget;
  /** @throws EvaluationFailure with its place */
  evaluate(expression: Expression, scope: Scope): Typed;
  /** The syntax of a bare template. @throws EvaluationFailure where the text is none */
  template(text: string, file: string): Expression;
}
