/** What every `anchorwatch ledger` command has around it: errors on stderr, a progress line, an end by signal or a closed pipe. */
import type { Warning } from "../../domain/errors.ts";
import { wantsColour } from "../formats/palette.ts";
import { interruptStatus, untilInterrupted } from "../interruption.ts";
import { writeTo } from "../output.ts";
import { formatProblemText, formatWarningText, problemOf } from "../problem.ts";
import { type ProgressDisplay, type ProgressStyle, showProgress } from "../progress.ts";
import type { Surroundings } from "../surroundings.ts";
import { type LedgerPaint, ledgerPaint } from "./paint.ts";

/**
 * 0: authenticated and whole, or simply done. 1: anything else. 3: self-consistent, but nobody outside vouches for it. (2 means
 * drift, and only a check says so.)
 */
export type LedgerStatus = 0 | 1 | 3;

export const NOT_AUTHENTICATED = 3;

export interface LedgerRun {
  /** To stdout. False when nobody reads any more: a command that streams should end. */
  readonly say: (text: string) => Promise<boolean>;
  /** To stderr. */
  readonly note: (text: string) => Promise<void>;
  readonly warn: (warning: Warning) => void;
  readonly progress: (text: string, done?: number, total?: number) => void;
  readonly paint: LedgerPaint;
  readonly signal: AbortSignal;
}

export interface RunOptions {
  readonly color: boolean;
  /** Of a command that streams to stdout, the progress line would run into what it prints on a terminal. */
  readonly streams?: boolean;
}

/** Resolves to the exit status. Never rejects. */
export async function runLedger(
  surroundings: Surroundings,
  { color, streams = false }: RunOptions,
  work: (run: LedgerRun) => Promise<LedgerStatus>,
): Promise<number> {
  const { stdout, stderr, environment } = surroundings;
  const style = progressStyleOf(surroundings, streams);
  const progress = progressOf(surroundings, style);
  const outcome = await untilInterrupted(surroundings, (signal) =>
    work({
      say: async (text) => {
        progress.stop();
        await writeTo(stdout, text);
        return !stdout.destroyed && !stdout.writableEnded;
      },
      note: (text) => writeTo(stderr, text),
      // In place of the progress line, which is drawn again below.
      warn: (warning) =>
        stderr.write(`${style === "redrawn" ? CLEAR_LINE : ""}${formatWarningText(warning)}`),
      progress: (text, done, total) =>
        progress.update({
          phase: "reading",
          text,
          ...(done === undefined || total === undefined ? {} : { done, total }),
        }),
      paint: ledgerPaint(wantsColour(stdout, environment, color)),
      signal,
    }),
  );
  progress.stop();
  switch (outcome.kind) {
    case "done":
      return outcome.value;
    case "interrupted":
      return interruptStatus(outcome.signal);
    case "failed": {
      const debug = (environment["ANCHORWATCH_DEBUG"] ?? "") !== "";
      await writeTo(stderr, formatProblemText(problemOf(outcome.error), debug));
      return 1;
    }
  }
}

const CLEAR_LINE = "\r\u001b[K";

function progressStyleOf({ stdout, stderr, environment }: Surroundings, streams: boolean): ProgressStyle {
  const redrawn = stderr.isTTY === true && environment["TERM"] !== "dumb";
  if (streams && (stdout.isTTY === true || !redrawn)) return "none";
  return redrawn ? "redrawn" : "lines";
}

function progressOf({ stderr, now, every }: Surroundings, style: ProgressStyle): ProgressDisplay {
  return showProgress({
    style,
    write: (text) => stderr.write(text),
    now,
    every,
    width: () => stderr.columns || 80,
  });
}
