/** `command_failed`: a measured command. `reports_differ`: it was quick, but wrong. `usage`: how the bench was called. */
export type BenchErrorCode = "command_failed" | "interrupted" | "reports_differ" | "usage";

export class BenchError extends Error {
  override readonly name = "BenchError";
  readonly code: BenchErrorCode;

  constructor(code: BenchErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
