import { expect } from "vitest";
import type { TlogErrorCode } from "./error-codes.ts";
import { TlogError } from "./errors.ts";

/** Expects a typed error of that code, thrown or rejected, and returns it. */
export async function refused(code: TlogErrorCode, act: () => unknown): Promise<TlogError> {
  const error = await outcome(act);
  expect(error).toBeInstanceOf(TlogError);
  expect((error as TlogError).code, (error as TlogError).message).toBe(code);
  return error as TlogError;
}

/** For fuzzing: the result, or the typed error. Any other error is the finding. */
export function typedErrorOr<T>(act: () => T): T | TlogError {
  try {
    return act();
  } catch (error) {
    if (error instanceof TlogError) return error;
    throw error;
  }
}

async function outcome(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  return undefined;
}
