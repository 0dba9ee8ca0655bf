import type { ProviderErrorCode } from "./error-codes.ts";
import type { Diagnostic } from "./wire/diagnostic.ts";

/** The package's one error: `message` says what and where, `hint` what to do. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly code: ProviderErrorCode;
  readonly hint: string | undefined;
  /** The provider's own diagnostics, when it answered with some. They may hold values of the resource: mask before showing. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    code: ProviderErrorCode,
    message: string,
    details: {
      readonly hint?: string;
      readonly cause?: unknown;
      readonly diagnostics?: readonly Diagnostic[];
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.diagnostics = details.diagnostics ?? [];
  }
}
