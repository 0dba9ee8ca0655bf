/** What the machine's files answer, in words that a person can act on. */
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";

/** Whether it is an error of node:fs or of SQLite with that code. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** `doing` completes the sentence "… could not be …". Errors of ours stay as they are. */
export function storageError(name: string, doing: string, cause: unknown): AnchorwatchError {
  if (cause instanceof AnchorwatchError) return cause;
  const message = `The ledger ${name} could not be ${doing}: ${messageOf(cause)}`;
  const details = { cause, location: { file: name } };
  if (hasCode(cause, "ENOSPC", "EDQUOT")) {
    return new AnchorwatchError("ledger_disk_full", message, {
      ...details,
      hint: "Free some space on its volume and start again. What was acknowledged is safe, and can be read meanwhile.",
    });
  }
  if (hasCode(cause, "EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "ELOOP")) {
    return new AnchorwatchError("ledger_unwritable", message, {
      ...details,
      hint: "Name a folder that this user may read and write, in one that exists.",
    });
  }
  return new AnchorwatchError("ledger_storage_failed", message, {
    ...details,
    hint: "Look at the disk and the system's log, then start again. What was acknowledged before is in the log.",
  });
}
