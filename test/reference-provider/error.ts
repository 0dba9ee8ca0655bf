/** What can go wrong in the reference provider and in the programs that make stacks for it. */
export type ReferenceErrorCode =
  | "conflict"
  | "fixture_invalid"
  | "refused"
  | "start_refused"
  | "store_invalid"
  | "store_locked"
  | "type_unknown"
  | "value_invalid";

/** The one error of this folder; the provider answers with it as a diagnostic. */
export class ReferenceProviderError extends Error {
  override readonly name = "ReferenceProviderError";
  readonly code: ReferenceErrorCode;

  constructor(code: ReferenceErrorCode, message: string, details: { readonly cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
  }
}
