/** What every command that asks a server has around it. */
import { ServerProblem } from "../../client/problem.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { escapeJson } from "../../domain/escape.ts";
import { wantsColour } from "../formats/palette.ts";
import { interruptStatus, untilInterrupted } from "../interruption.ts";
import { type LedgerPaint, ledgerPaint } from "../ledger/paint.ts";
import { writeReport, writeTo } from "../output.ts";
import { formatProblemText, problemOf } from "../problem.ts";
import type { Surroundings } from "../surroundings.ts";

export interface RemoteFlags {
  readonly server?: string;
  readonly format: "text" | "json";
  readonly color: boolean;
}

export interface RemoteRun {
  /** To stdout. */
  readonly say: (text: string) => Promise<void>;
  /** To stdout, as JSON. */
  readonly sayJson: (value: unknown) => Promise<void>;
  /** To stderr: what is no part of the answer. */
  readonly note: (text: string) => Promise<void>;
  readonly paint: LedgerPaint;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** Resolves to the exit status. Never rejects. */
export async function runRemote(
  surroundings: Surroundings,
  { color }: { readonly color: boolean },
  work: (run: RemoteRun) => Promise<number>,
): Promise<number> {
  const { stdout, stderr, environment, lasting } = surroundings;
  const say = (text: string) => writeReport(stdout, text);
  const outcome = await untilInterrupted(surroundings, (signal) =>
    work({
      say,
      sayJson: (value) => say(`${escapeJson(JSON.stringify(value, null, 2))}\n`),
      note: (text) => writeTo(stderr, text),
      paint: ledgerPaint(wantsColour(stdout, environment, color)),
      now: lasting.clock(),
      signal,
    }),
  );
  switch (outcome.kind) {
    case "done":
      return outcome.value;
    case "interrupted":
      return interruptStatus(outcome.signal);
    case "failed": {
      const debug = (environment["ANCHORWATCH_DEBUG"] ?? "") !== "";
      await writeTo(stderr, formatProblemText(problemOf(withAdvice(outcome.error)), debug));
      return 1;
    }
  }
}

/** A server says how one signs in with a browser; here it is a command. */
function withAdvice(error: unknown): unknown {
  if (!(error instanceof ServerProblem) || error.code !== "sign_in_required") return error;
  const message = `${error.server} does not know this login, or not any more`;
  return new AnchorwatchError(error.code, message, {
    hint: `Log in again: anchorwatch login --server ${error.server}`,
    cause: error,
  });
}
