import { AnchorwatchError, messageOf, type Warning } from "../../domain/errors.ts";

/** Whatever was thrown, as an error of the product. */
export function inOurWords(error: unknown): AnchorwatchError {
  if (error instanceof AnchorwatchError) return error;
  return new AnchorwatchError("internal", messageOf(error), { cause: error });
}

/** Told, and gone on. */
export function asWarning(error: unknown): Warning {
  const { code, message, hint, location } = inOurWords(error);
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(location === undefined ? {} : { location }),
  };
}
