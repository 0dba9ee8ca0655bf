/** Why a value is not known, or could not be evaluated, and where the code says so. */
export interface UnknownReason {
  readonly reason: string;
  /** As the module names its files: relative to the root module, with forward slashes. */
  readonly file: string;
  readonly line: number;
}

/**
 * An expression that Terraform would refuse, or that a limit forbids. It travels to the nearest place that can go on
 * without the value (`try`, `can`, or the attribute), and becomes an {@link UnknownReason} there; it never leaves the
 * evaluator.
 */
export class EvaluationFailure extends Error {
  /** Where it happened; a function does not know, its caller adds it. */
  readonly at: { readonly file: string; readonly line: number } | undefined;
  /** A limit was reached: `try` must not go on as if nothing had been. */
  readonly limit: boolean;

  constructor(
    reason: string,
    details: {
      readonly at?: { readonly file: string; readonly line: number };
      readonly limit?: boolean;
    } = {},
  ) {
    super(reason);
    this.at = details.at === undefined ? undefined : { file: details.at.file, line: details.at.line };
    this.limit = details.limit ?? false;
  }
}

/** Why something is unknown that could not be evaluated. `at` is where, unless the failure itself knows better. */
export function reasonOf(
  error: EvaluationFailure,
  at: { readonly file: string; readonly line: number },
): UnknownReason {
  const { file, line } = error.at ?? at;
  return { reason: error.message, file, line };
}

/** The failure with a place, which only the innermost place gives. */
export function failureAt(error: EvaluationFailure, at: { readonly file: string; readonly line: number }) {
  return error.at === undefined ? new EvaluationFailure(error.message, { at, limit: error.limit }) : error;
}
