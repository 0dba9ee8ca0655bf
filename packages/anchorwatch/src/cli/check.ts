import type { CheckRequest } from "../app/checkRequest.ts";
import { exitStatus, isBlindSpot, isDrift } from "../app/exitStatus.ts";
import type { CheckResult } from "../domain/check.ts";
import type { CheckFlags } from "./checkFlags.ts";
import { buildCheckRequest } from "./checkRequest.ts";
import { wantsColour } from "./formats/palette.ts";
import { render } from "./formats/render.ts";
import { conclusion, coverageText } from "./formats/words.ts";
import { interruptStatus, type Outcome, untilInterrupted } from "./interruption.ts";
import { type Output, openOutputFile, writeTo } from "./output.ts";
import { formatProblemText, problemOf } from "./problem.ts";
import { progressStyle, showProgress } from "./progress.ts";
import type { Surroundings } from "./surroundings.ts";

/** `anchorwatch check`: resolves to the exit status; every error has been told on stderr by then. */
export async function runCheck(
  wanted: string | undefined,
  flags: CheckFlags,
  surroundings: Surroundings,
): Promise<number> {
  let output: Output | undefined;
  try {
    const request = await buildCheckRequest(wanted, flags, surroundings);
    if (flags.output !== undefined)
      output = await openOutputFile(flags.output, surroundings.workingDirectory);
    const outcome = await performCheck(request, flags, surroundings);
    if (outcome.kind === "failed") throw outcome.error;
    if (outcome.kind === "interrupted") {
      await writeTo(
        surroundings.stderr,
        "anchorwatch: interrupted before the check was done; there is no report.\n",
      );
      return interruptStatus(outcome.signal);
    }
    await report(outcome.value, flags, output, surroundings);
    return exitStatus(outcome.value, flags);
  } catch (error) {
    const debug = (surroundings.environment["ANCHORWATCH_DEBUG"] ?? "") !== "";
    await writeTo(surroundings.stderr, formatProblemText(problemOf(error), debug));
    return 1;
  } finally {
    await output?.close();
  }
}

async function performCheck(
  request: CheckRequest,
  flags: CheckFlags,
  surroundings: Surroundings,
): Promise<Outcome<CheckResult>> {
  const { stderr, now, every } = surroundings;
  const progress = showProgress({
    style: progressStyle(stderr.isTTY === true && surroundings.environment["TERM"] !== "dumb", flags.format),
    write: (text) => stderr.write(text),
    now,
    every,
    width: () => stderr.columns || 80,
  });
  try {
    return await untilInterrupted(surroundings, (signal) =>
      surroundings.checkStack(request, { progress: progress.update, result: () => {}, signal }),
    );
  } finally {
    progress.stop();
  }
}

async function report(
  result: CheckResult,
  flags: CheckFlags,
  output: Output | undefined,
  surroundings: Surroundings,
): Promise<void> {
  const { stdout, stderr, environment, version } = surroundings;
  const terminal = output === undefined && stdout.isTTY === true;
  const text = await render(flags.format, result, {
    all: flags.all,
    strict: flags.strict,
    colours: output === undefined && wantsColour(stdout, environment, flags.color),
    ...(terminal ? { width: stdout.columns || 80 } : {}),
    version,
  });
  if (output === undefined) return await writeTo(stdout, text);
  await output.write(text);
  const { resources } = result;
  const summary = conclusion(resources.filter(isDrift).length, resources.filter(isBlindSpot).length, result);
  await writeTo(stderr, `${summary} ${coverageText(result)}\nThe report is in ${flags.output}.\n`);
}
