import type { CheckRequest } from "../app/checkRequest.ts";
import { exitStatus, isBlindSpot, isDrift } from "../app/exitStatus.ts";
import type { PolicySettings } from "../app/policy/rules/policySettings.ts";
import type { CheckResult } from "../domain/check.ts";
import { escapeText } from "../domain/escape.ts";
import type { CheckFlags } from "./checkFlags.ts";
import { buildCheckRequest } from "./checkRequest.ts";
import { wantsColour } from "./formats/palette.ts";
import { holdsWarnings, render } from "./formats/render.ts";
import { conclusion, coverageText } from "./formats/words.ts";
import { interruptStatus, type Outcome, untilInterrupted } from "./interruption.ts";
import type { CheckIntoLedger } from "./ledger/checkIntoLedger.ts";
import { type Output, openOutputFile, writeReport, writeTo } from "./output.ts";
import { formatProblemText, formatWarningText, problemOf } from "./problem.ts";
import { progressStyle, showProgress } from "./progress.ts";
import { SERVER_VARIABLE } from "./serverFlag.ts";
import type { Surroundings } from "./surroundings.ts";

/** `anchorwatch check`: resolves to the exit status; every error has been told on stderr by then. */
export async function runCheck(
  wanted: string | undefined,
  flags: CheckFlags,
  surroundings: Surroundings,
): Promise<number> {
  let output: Output | undefined;
  try {
    const asked = await underOperator(
      await buildCheckRequest(wanted, flags, surroundings),
      flags,
      surroundings,
    );
    const ledger = await ledgerOf(flags, surroundings);
    if (flags.output !== undefined)
      output = await openOutputFile(flags.output, surroundings.workingDirectory);
    const request = ledger === undefined ? asked : await ledger.prepare(asked);
    const outcome = await performCheck(request, flags, surroundings);
    if (outcome.kind === "failed") {
      await recordFailure(ledger, request, outcome.error, surroundings);
      throw outcome.error;
    }
    if (outcome.kind === "interrupted") {
      await writeTo(
        surroundings.stderr,
        "anchorwatch: interrupted before the check was done; there is no report.\n",
      );
      return interruptStatus(outcome.signal);
    }
    const recorded = await record(ledger, outcome.value);
    await report(outcome.value, flags, output, surroundings);
    if (recorded.kind === "failed") throw recorded.error;
    if (recorded.kind === "done") await writeTo(lastLineStream(flags, surroundings), recorded.line);
    return exitStatus(outcome.value, flags);
  } catch (error) {
    const debug = (surroundings.environment["ANCHORWATCH_DEBUG"] ?? "") !== "";
    await writeTo(surroundings.stderr, formatProblemText(problemOf(error), debug));
    return 1;
  } finally {
    await output?.close();
  }
}

/** Where the operator's file is named, his rules count beside those of the repository, and what he says is never ignored is not. */
async function underOperator(
  request: CheckRequest,
  { server }: CheckFlags,
  surroundings: Surroundings,
): Promise<CheckRequest> {
  if (server === undefined && !surroundings.environment["ANCHORWATCH_SERVER"]) return request;
  const { operatorsConfiguration } = await import("./ledger/server.ts");
  const operators = await operatorsConfiguration(server, surroundings);
  if (operators === undefined) return request;
  const { policy, watch } = operators;
  return {
    ...request,
    ignore: [...request.ignore, ...(watch.neverIgnored ?? [])],
    ...withRules(request, policy),
  };
}

function withRules({ policy: load }: CheckRequest, operators: PolicySettings): Pick<CheckRequest, "policy"> {
  return load === undefined ? {} : { policy: () => load(operators) };
}

/** Most checks have none, and need nothing of it. */
async function ledgerOf(flags: CheckFlags, surroundings: Surroundings): Promise<CheckIntoLedger | undefined> {
  const isNamed = flags.ledger !== undefined || flags.server !== undefined;
  if (!isNamed && !surroundings.environment[SERVER_VARIABLE]) return undefined;
  const { checkIntoLedger } = await import("./ledger/checkIntoLedger.ts");
  return await checkIntoLedger(flags, surroundings);
}

type Recording =
  | { readonly kind: "none" }
  | { readonly kind: "done"; readonly line: string }
  | { readonly kind: "failed"; readonly error: unknown };

/** Before the report, which may go nowhere (`| head`); what went wrong is told after it. */
async function record(ledger: CheckIntoLedger | undefined, result: CheckResult): Promise<Recording> {
  if (ledger === undefined) return { kind: "none" };
  try {
    return { kind: "done", line: await ledger.record(result) };
  } catch (error) {
    return { kind: "failed", error };
  }
}

/** The reason why there was no check is thrown by the caller, and comes last. */
async function recordFailure(
  ledger: CheckIntoLedger | undefined,
  request: CheckRequest,
  failure: unknown,
  { stderr }: Surroundings,
): Promise<void> {
  if (ledger === undefined) return;
  try {
    await writeTo(stderr, await ledger.recordFailure(request, failure));
  } catch (error) {
    await writeTo(stderr, formatProblemText(problemOf(error), false));
  }
}

/** Programs that read a report from stdout get nothing but the report. */
function lastLineStream({ format, output }: CheckFlags, { stdout, stderr }: Surroundings) {
  return format === "text" && output === undefined ? stdout : stderr;
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
  if (!holdsWarnings(flags.format)) await writeTo(stderr, result.warnings.map(formatWarningText).join(""));
  if (output === undefined) return await writeReport(stdout, text);
  await output.write(text);
  const { resources } = result;
  const summary = conclusion(resources.filter(isDrift).length, resources.filter(isBlindSpot).length, result);
  const place = escapeText(flags.output ?? "");
  await writeTo(stderr, `${summary} ${coverageText(result)}\nThe report is in ${place}.\n`);
}
