/**
 * And, or, if. As CEL has it, a side that fails counts only when the other one does not decide; an exhausted budget fails every
 * step that follows, so nothing decides then.
 */
import { CelFailure } from "./failure.ts";
import type { Evaluate, Run } from "./run.ts";
import { type CelValue, kindOf } from "./values.ts";

const FAILURE_STEPS = 30;

/** @throws CelFailure */
export function condition(value: CelValue): boolean {
  if (typeof value === "boolean") return value;
  throw new CelFailure(`needs true or false, and this is ${kindOf(value)}`);
}

export function compileAnd(left: Evaluate, right: Evaluate): Evaluate {
  return decidedBy(false, left, right);
}

export function compileOr(left: Evaluate, right: Evaluate): Evaluate {
  return decidedBy(true, left, right);
}

export function compileTernary(test: Evaluate, then: Evaluate, otherwise: Evaluate): Evaluate {
  return (run) => (condition(test(run)) ? then(run) : otherwise(run));
}

/** One side that is `deciding` is the answer, whatever the other one is. */
function decidedBy(deciding: boolean, left: Evaluate, right: Evaluate): Evaluate {
  return (run) => {
    const { trace } = run;
    const before = trace?.mark ?? 0;
    const one = attempt(left, run);
    if (one === deciding) return deciding;
    const between = trace?.mark ?? 0;
    const other = condition(right(run));
    // What the left side has read decided nothing.
    if (other === deciding) trace?.forget(before, between);
    else if (one instanceof CelFailure) throw one;
    return other;
  };
}

/** What it is, or why it failed. */
export function attempt(evaluate: Evaluate, run: Run): boolean | CelFailure {
  try {
    return condition(evaluate(run));
  } catch (error) {
    if (!(error instanceof CelFailure)) throw error;
    // Throwing takes as long as several dozen steps, and each member of a list may fail.
    run.budget.take(FAILURE_STEPS);
    return error;
  }
}
