import type { ErrorCode } from "./error-codes.ts";

/** Where a problem lies: a file with a line and column (both from 1), a resource address, or both. */
export interface Location {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly address?: string;
}

/**
 * The product's one error. `message` says what is wrong and where, `hint` what to do about it.
 * Codes are registered in `error-codes.ts`; `docs/errors.md` is made from that registry.
 */
export class AnchorwatchError extends Error {
  override readonly name = "AnchorwatchError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly location: Location | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: { readonly hint?: string; readonly location?: Location; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.location = details.location;
  }
}

/** A problem that does not stop the check: shown to the person, kept in the result. */
export interface Warning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly location?: Location;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
