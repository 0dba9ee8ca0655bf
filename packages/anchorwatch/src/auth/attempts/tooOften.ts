import { AnchorwatchError } from "../../domain/errors.ts";

/** Somebody tries something faster than people do. */
export class TooOftenError extends AnchorwatchError {
  /** How long to wait. */
  readonly retryAfterMs: number;

  constructor(what: string, retryAfterMs: number) {
    super("request_too_often", `${what} was tried too often`, {
      hint: `Wait ${waitOf(retryAfterMs)}, then try again.`,
    });
    this.retryAfterMs = retryAfterMs;
  }
}

function waitOf(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds <= 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
