/** A condition of the operator over what is known of a drift, outside of rules: of a route, of a playbook. */
import { Budget } from "./cel/budget.ts";
import { type CelProblem, problemOf } from "./cel/failure.ts";
import { compileExpression } from "./cel/language.ts";
import { condition } from "./cel/logic.ts";
import { newRun } from "./cel/run.ts";
import type { DriftFacts } from "./facts.ts";
import { variablesOf } from "./variables.ts";

export interface Condition {
  /** Within bounds, whatever the drift holds. A problem: it failed, and nobody knows whether it holds. */
  holds(facts: DriftFacts): boolean | { readonly problem: CelProblem };
}

/** @param text CEL, with the variables and functions of rules */
export function compileCondition(
  text: string,
):
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly problem: CelProblem } {
  const compiled = compileExpression(text, "bool", "rule");
  if (!compiled.ok) return compiled;
  const { evaluate } = compiled.expression;
  return {
    ok: true,
    condition: {
      holds: (facts) => {
        try {
          return condition(evaluate(newRun(variablesOf(facts, ""), new Budget())));
        } catch (thrown) {
          return { problem: problemOf(thrown) };
        }
      },
    },
  };
}
