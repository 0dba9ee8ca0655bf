import type { TlogError, VerifierKey } from "tlog";

/** Something in a log's folder that a person should know. */
export interface Finding {
  /** `damage`: the log is not what it must be. `note`: nothing is wrong with the log. */
  readonly severity: "damage" | "note";
  /** Inside the folder; `.` is the folder itself. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
}

export interface LedgerHealth {
  readonly name: string;
  /** Entries that the checkpoint speaks of; 0 without one. */
  readonly size: number;
  /** How many files were looked at. */
  readonly files: number;
  /** In the order in which they were found. */
  readonly findings: readonly Finding[];
  /** So many entries, from the first, can be read and proven. */
  readonly readable: number;
  /** Of the keys that were given, those that signed the checkpoint. */
  readonly signedBy: readonly VerifierKey[];
}

export function damage(path: string, message: string, advice: string): Finding {
  return { severity: "damage", path, message, advice };
}

export function note(path: string, message: string, advice: string): Finding {
  return { severity: "note", path, message, advice };
}

/** The message of an error whose path stands before it anyway. */
export function withoutPath({ message, location: { path } }: TlogError): string {
  return path !== undefined && message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}
