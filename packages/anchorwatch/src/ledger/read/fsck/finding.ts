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

/** `tiles`: the bundles and tiles that are there, which vouch for nothing but each other. */
export type SizeSource = "checkpoint" | ".tree" | "tiles" | "nothing";

export interface LedgerHealth {
  readonly name: string;
  /** Entries of the log, 0 where nothing says how many. */
  readonly size: number;
  /** What says so: the first of these that can be used. */
  readonly sizeBy: SizeSource;
  /** How many files were looked at. */
  readonly files: number;
  /** In the order in which they were found. */
  readonly findings: readonly Finding[];
  /** So many entries, from the first, can be read, and belong to one tree; to the signed one where `sizeBy` is the checkpoint. */
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
  if (path === undefined || !message.startsWith(path)) return message;
  const rest = message.slice(path.length);
  if (rest.startsWith(": ")) return rest.slice(2);
  const [, said] = /^(?: of .*?)? is (missing|damaged.*)/s.exec(rest) ?? [];
  return said === undefined ? message : `it is ${said}`;
}
