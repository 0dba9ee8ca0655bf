/** `log_wrong`, `watch_wrong`: what the product promises did not hold. `program_failed`: a program of the test did not do its part. */
export type TortureErrorCode = "interrupted" | "log_wrong" | "program_failed" | "usage" | "watch_wrong";

export class TortureError extends Error {
  override readonly name = "TortureError";
  readonly code: TortureErrorCode;

  constructor(code: TortureErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
