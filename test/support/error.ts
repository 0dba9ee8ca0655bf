/** What can go wrong in the programs that the tests, the demo and the benchmark share. */
export type SupportErrorCode =
  | "browser_failed"
  | "call_unknown"
  | "moto_failed"
  | "terraform_failed"
  | "unexpected_output";

/** The one error of the support programs: `message` says which program failed and holds the end of its output. */
export class SupportError extends Error {
  override readonly name = "SupportError";
  readonly code: SupportErrorCode;

  constructor(code: SupportErrorCode, message: string, details: { readonly cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
  }
}
