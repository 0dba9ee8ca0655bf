import type { TlogErrorCode } from "./error-codes.ts";

/** Where in a log or a text the trouble is. Absent parts are unknown or do not apply. */
export interface TlogLocation {
  /** Path inside the log, `tile/0/x001/067`. */
  readonly path?: string;
  /** Index of the entry, counted from 0. */
  readonly index?: number;
  /** Offset of the first wrong byte in the file or text, counted from 0. */
  readonly byte?: number;
}

/** The package's one error: `message` says what, where, and what was expected. */
export class TlogError extends Error {
  override readonly name = "TlogError";
  readonly code: TlogErrorCode;
  readonly location: TlogLocation;
  /** Signed notes that prove what the error says, such as two checkpoints that contradict each other. Keep them. */
  readonly evidence: readonly string[];

  constructor(
    code: TlogErrorCode,
    message: string,
    details: {
      readonly location?: TlogLocation;
      readonly evidence?: readonly string[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.location = details.location ?? {};
    this.evidence = details.evidence ?? [];
  }
}
