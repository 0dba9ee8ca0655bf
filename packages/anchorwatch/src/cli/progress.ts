/** What is under way, on stderr: one line redrawn on a terminal, a plain line now and then elsewhere. */
import type { ProgressEvent } from "../app/checkRequest.ts";
import { cells, fitting } from "../compare/lines/cells.ts";
import { escapeText } from "../domain/escape.ts";
import { durationText } from "./formats/words.ts";

export type ProgressStyle = "redrawn" | "lines" | "none";

export interface ProgressDisplay {
  readonly update: (event: ProgressEvent) => void;
  /** Clears the line. Nothing is drawn afterwards. */
  readonly stop: () => void;
}

export interface ProgressOptions {
  readonly style: ProgressStyle;
  readonly write: (text: string) => void;
  /** Milliseconds from any start. */
  readonly now: () => number;
  /** Calls back at every interval until the function that it returns is called. */
  readonly every: (milliseconds: number, call: () => void) => () => void;
  /** Cells of the terminal's line, asked each time: windows are resized. */
  readonly width: () => number;
}

/** Often enough to look alive, rarely enough to cost nothing. */
const REDRAW_MS = 100;
const LINE_MS = 5000;

/**
 * A terminal gets one line. Where stderr is a log, people who read the text report get a line at most every five
 * seconds, and programs that asked for another format get none.
 */
export function progressStyle(terminal: boolean, format: string): ProgressStyle {
  if (terminal) return "redrawn";
  return format === "text" ? "lines" : "none";
}

export function showProgress(options: ProgressOptions): ProgressDisplay {
  const { style, write, now } = options;
  if (style === "none") return { update: () => {}, stop: () => {} };
  const started = now();
  let latest: ProgressEvent | undefined;
  let drawn = "";
  const draw = () => {
    if (latest === undefined) return;
    const text = progressText(latest, now() - started);
    if (style === "lines") write(`${text}\n`);
    else if (text !== drawn) write(`\r${clip(text, options.width())}\u001b[K`);
    drawn = text;
  };
  const cancel = options.every(style === "lines" ? LINE_MS : REDRAW_MS, draw);
  return {
    update: (event) => {
      latest = event;
    },
    stop: () => {
      cancel();
      if (style === "redrawn" && drawn !== "") write("\r\u001b[K");
      latest = undefined;
    },
  };
}

/** `reading 120 of 1005 · 210/s · 3 drifted · waiting for aws_sqs_queue.jobs, 12 s`. */
export function progressText(event: ProgressEvent, elapsed: number): string {
  const { done, total, drifted, slowest } = event;
  const parts = [escapeText(event.text)];
  if (done !== undefined && total !== undefined) {
    parts[0] += ` ${done} of ${total}`;
    if (done > 0 && elapsed >= 1000) parts.push(`${Math.round(done / (elapsed / 1000))}/s`);
  }
  if (drifted !== undefined && drifted > 0) parts.push(`${drifted} drifted`);
  if (slowest !== undefined && slowest.milliseconds >= 2000) {
    parts.push(`waiting for ${escapeText(slowest.address)}, ${durationText(slowest.milliseconds)}`);
  }
  return parts.join(" · ");
}

function clip(text: string, width: number): string {
  return cells(text) < width ? text : `${fitting(text, Math.max(width - 2, 1))}…`;
}
