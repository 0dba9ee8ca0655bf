/** What is wrong with an expression, and where in its text. */

/** An expression that failed while it was evaluated. Never leaves `policy`: it becomes a problem of the rule. */
export class CelFailure extends Error {
  override readonly name = "CelFailure";
  /** Where in the text of the expression; absent until the part that failed is known. */
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    // Its place is in the text of an expression. The stack of the program takes longer than dozens of steps, and the data decide how often.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.offset = offset;
  }
}

export interface CelProblem {
  readonly message: string;
  /** Into the text of the expression, from 0. */
  readonly offset: number;
}

/** What was thrown, with its place. Whatever else fails (a stack that overflows) is told as well, at the expression's beginning. */
export function problemOf(thrown: unknown): CelProblem {
  if (thrown instanceof CelFailure) return { message: thrown.message, offset: thrown.offset ?? 0 };
  if (thrown instanceof RangeError) return { message: "it needs too much memory or depth", offset: 0 };
  return { message: thrown instanceof Error ? thrown.message : String(thrown), offset: 0 };
}
