/** The checkpoint of a log that somebody else keeps, and how far it can be believed. */

import { type OpenedCheckpoint, openCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { TlogError } from "./errors.ts";
import { sameBytes } from "./hash.ts";
import type { VerifierKey } from "./key.ts";
import { formatNote, MAX_NOTE_BYTES, parseNote } from "./note.ts";
import type { LogSource } from "./source.ts";

/** Whom to believe. */
export interface Trust {
  /** The log's keys, after a rotation all of them, and those of witnesses. Without any, nothing is authenticated. */
  readonly keys?: readonly VerifierKey[];
  /** What the log must call itself. Without it, the name of a key that signed. */
  readonly origin?: string;
}

/** A checkpoint with what is known of who made it. */
export interface LogCheckpoint extends OpenedCheckpoint {
  /** The signed note, word for word. */
  readonly text: string;
  /** False: no key was given, so that anybody may have made this checkpoint and the log under it. */
  readonly authenticated: boolean;
}

/** Reads a checkpoint and, when there are keys, its signatures. Rejects with `note_*` or `checkpoint_*`. */
export async function openTrusted(bytes: Uint8Array | string, trust: Trust): Promise<LogCheckpoint> {
  const { keys = [], origin } = trust;
  if (keys.length > 0) {
    const opened = await openCheckpoint(bytes, keys, origin);
    return { ...opened, text: formatNote(opened.note), authenticated: true };
  }
  const note = parseNote(bytes);
  const checkpoint = parseCheckpoint(note.text);
  if (origin !== undefined && checkpoint.origin !== origin) throw otherOrigin(checkpoint.origin, origin);
  return { checkpoint, note, text: formatNote(note), signedBy: [], authenticated: false };
}

/** The newest checkpoint of the log. Rejects also with `log_file_missing`. */
export async function readCheckpoint(
  source: LogSource,
  trust: Trust,
  signal?: AbortSignal,
): Promise<LogCheckpoint> {
  const bytes = await source.read("checkpoint", {
    maxBytes: MAX_NOTE_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
  if (bytes !== undefined) return openTrusted(bytes, trust);
  throw new TlogError("log_file_missing", `${source.name} has no checkpoint: is it a log?`, {
    location: { path: "checkpoint" },
  });
}

/** Throws `checkpoint_origin_mismatch` unless both are of one log, and `log_forked` when they are of one size and differ. */
export function checkSameLog(one: LogCheckpoint, other: LogCheckpoint): void {
  const [a, b] = [one.checkpoint, other.checkpoint];
  if (a.origin !== b.origin) throw otherOrigin(b.origin, a.origin);
  if (a.size === b.size && !sameBytes(a.root, b.root)) throw forked(one, other);
}

/** Two checkpoints that no honest log can have signed both. */
export function forked(older: LogCheckpoint, newer: LogCheckpoint): TlogError {
  const { origin, size } = older.checkpoint;
  return new TlogError(
    "log_forked",
    `${origin} shows two histories: its tree of ${newer.checkpoint.size} entries does not begin with its tree of ${size} entries. ` +
      "Keep both checkpoints, they are the evidence",
    { evidence: [older.text, newer.text] },
  );
}

/** A log that is smaller than it was. */
export function rolledBack(known: LogCheckpoint, found: LogCheckpoint, cause?: unknown): TlogError {
  const { origin, size } = known.checkpoint;
  return new TlogError(
    "log_rolled_back",
    `${origin} has ${found.checkpoint.size} entries now, and had ${size} before: entries were removed, or an old copy was restored`,
    { evidence: [known.text, found.text], cause },
  );
}

function otherOrigin(found: string, expected: string): TlogError {
  return new TlogError(
    "checkpoint_origin_mismatch",
    `the checkpoint is of ${JSON.stringify(found)}; expected was ${JSON.stringify(expected)}`,
  );
}
