import type { ProviderErrorCode } from "../error-codes.ts";
import { ProviderError } from "../errors.ts";

/** The file or folder is not there, or something that is no folder stands in its way. */
export function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(error));
}

/** The code of a system error, `EACCES`; empty for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** A typed error for whatever went wrong with a file; one that is typed already stays what it is. */
export function unreadable(code: ProviderErrorCode, path: string, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  return new ProviderError(code, `${path} could not be read: ${reasonOf(error)}`, {
    hint: "Check that it exists and that this user may read it.",
    cause: error,
  });
}

/** In a few words, without the path that a system error repeats. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== "") return REASONS[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many files are open",
  ENOENT: "it does not exist",
  ENOSPC: "the disk is full",
  ENOTDIR: "something in its path is no folder",
  EPERM: "not permitted",
  EROFS: "the disk is read-only",
};
