/** What goes on by itself until everything ends. */
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";

export interface Part {
  /** For messages: `the ledger's publisher`. */
  readonly name: string;
  readonly running: Promise<void>;
}

export interface RunningParts {
  /** Rejects as soon as one ends before the signal: what it did, nobody does any more. Never resolves. */
  readonly failed: Promise<never>;
  /** Resolves when all have ended. */
  readonly ended: Promise<void>;
}

export function watchOver(parts: readonly Part[], signal: AbortSignal): RunningParts {
  const failed = Promise.withResolvers<never>();
  // Whoever does not wait for it must not be ended by it.
  failed.promise.catch(() => {});
  const ended = parts.map(({ name, running }) =>
    running.then(
      () => signal.aborted || failed.reject(endedEarly(name)),
      (cause: unknown) => signal.aborted || failed.reject(endedEarly(name, cause)),
    ),
  );
  return { failed: failed.promise, ended: Promise.all(ended).then(() => {}) };
}

function endedEarly(name: string, cause?: unknown): AnchorwatchError {
  const why = cause === undefined ? "" : `: ${messageOf(cause)}`;
  return new AnchorwatchError("watch_part_ended", `A part of the watch ended by itself, ${name}${why}`, {
    hint: "Start it again: what was acknowledged is kept, and goes on. Should it happen again, report it with the log.",
    cause,
  });
}
