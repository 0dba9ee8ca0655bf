/** Errors as a person reads them on stderr. */
import { ERROR_CODES, type ErrorCode } from "../domain/error-codes.ts";
import { type Location, messageOf, type Warning } from "../domain/errors.ts";
import { escapeLines, escapeText } from "../domain/escape.ts";

export interface Problem {
  /** From the registry of the package that threw; `internal` for what is nobody's. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly location?: Location;
  /** Only of defects: where in the program it happened. */
  readonly stack?: string;
}

/** Both packages' errors have a code, a message and a hint; anything else is a defect of ours. */
export function problemOf(error: unknown): Problem {
  if (
    !(error instanceof Error) ||
    !("code" in error) ||
    !("hint" in error) ||
    typeof error.code !== "string"
  ) {
    const stack = error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {};
    return {
      code: "internal",
      message: messageOf(error),
      hint: ERROR_CODES["internal" satisfies ErrorCode],
      ...stack,
    };
  }
  const location = "location" in error ? (error.location as Location | undefined) : undefined;
  return {
    code: error.code,
    message: error.message,
    ...(typeof error.hint === "string" ? { hint: error.hint } : {}),
    ...(location === undefined ? {} : { location }),
  };
}

/**
 * `anchorwatch: main.tf:3:1: the message` with the hint and the code below.
 * `debug`: with the stack of a defect.
 */
export function formatProblemText(problem: Problem, debug: boolean): string {
  const place = placeOf(problem);
  const [first = "", ...more] = escapeLines(problem.message);
  const lines = [
    `anchorwatch: ${place === "" ? "" : `${place}: `}${first}`,
    ...more.map((text) => `  ${text}`),
  ];
  if (problem.hint !== undefined) lines.push(...escapeLines(problem.hint).map((text) => `  ${text}`));
  lines.push(`  (${escapeText(problem.code)})`);
  if (debug && problem.stack !== undefined) lines.push(...escapeLines(problem.stack));
  return `${lines.join("\n")}\n`;
}

/** The same of what does not stop the check. */
export function formatWarningText({ message, ...warning }: Warning): string {
  return formatProblemText({ ...warning, message: `warning: ${message}` }, false);
}

/** Nothing when the message begins with the place, or names the address, already. */
function placeOf({ message, location }: Problem): string {
  const position = [location?.file, location?.line, location?.column]
    .filter((part) => part !== undefined)
    .join(":");
  const parts = [position, location?.address ?? ""].filter((part) => part !== "" && !message.includes(part));
  return escapeText(parts.join(" "));
}
