/** One evaluation: what an expression looks at, what it may cost, and which values it has read. */
import type { Budget } from "./budget.ts";
import type { CelMap, CelValue } from "./values.ts";

/** A value that was read, by the path that names it: `changes[0].element.from_port`. */
export interface Read {
  readonly path: string;
  readonly value: CelValue;
}

export interface Run {
  readonly variables: CelMap;
  readonly budget: Budget;
  /** Values of the variables of comprehensions and `cel.bind`, by their slots. */
  readonly slots: CelValue[];
  /** How those are named; only kept where there is a trace. */
  readonly paths: (string | undefined)[];
  readonly trace: Trace | undefined;
}

export type Evaluate = (run: Run) => CelValue;

export function newRun(variables: CelMap, budget: Budget, trace?: Trace): Run {
  budget.begin();
  return { variables, budget, slots: [], paths: [], trace };
}

/** More is not of use to anybody. */
const MOST_READS = 500;

/** What was read, without what turned out not to have decided anything. */
export class Trace {
  #reads: Read[] = [];

  get reads(): readonly Read[] {
    return this.#reads;
  }

  get mark(): number {
    return this.#reads.length;
  }

  add(path: string, value: CelValue): void {
    if (this.#reads.length < MOST_READS) this.#reads.push({ path, value });
  }

  /** Forgets what was read from one mark to another. */
  forget(from: number, to: number = this.#reads.length): void {
    this.#reads.splice(from, to - from);
  }
}
