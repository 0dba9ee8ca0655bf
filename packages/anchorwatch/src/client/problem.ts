/** What a server answers instead of what was asked for, as an error. */
import { ERROR_CODES, type ErrorCode } from "../domain/error-codes.ts";
import { AnchorwatchError } from "../domain/errors.ts";

/** A problem that the server told of (RFC 9457). */
export class ServerProblem extends AnchorwatchError {
  /** Origin of the server. */
  readonly server: string;
  /** Of the HTTP answer. */
  readonly status: number;
  /** Finds the request in the server's log. */
  readonly requestId: string | undefined;
  /** When to ask again, if the server says so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    told: { readonly code: ErrorCode; readonly message: string; readonly hint?: string },
    answer: {
      readonly server: string;
      readonly status: number;
      readonly requestId?: string;
      readonly retryAfterMs?: number;
    },
  ) {
    super(told.code, told.message, told.hint === undefined ? {} : { hint: told.hint });
    this.server = answer.server;
    this.status = answer.status;
    this.requestId = answer.requestId;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** @param text body of the answer @param server for the message */
export function problemIn(response: Response, text: string, server: string): AnchorwatchError {
  const { status, headers } = response;
  const told = parsed(text);
  if (told === undefined) return strangeAnswer(server, `it answered with status ${status}`);
  const { code, message, hint } = told;
  const seconds = Number(headers.get("retry-after") ?? "");
  const requestId = headers.get("x-request-id") ?? undefined;
  return new ServerProblem(
    // A newer server may know more codes than we do.
    isKnown(code)
      ? { code, message, ...hint }
      : { code: "server_problem", message: `${message} (${code})`, ...hint },
    {
      server,
      status,
      ...(requestId === undefined ? {} : { requestId }),
      ...(seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
    },
  );
}

/** @param why a half-sentence */
export function strangeAnswer(server: string, why: string): AnchorwatchError {
  return new AnchorwatchError("server_answer_invalid", `${server} answers as no Anchorwatch does: ${why}`, {
    hint: "Check the address; a proxy on the way may have answered in its place.",
  });
}

function parsed(text: string) {
  const problem = jsonIn(text);
  if (typeof problem !== "object" || problem === null) return undefined;
  const { code, detail, hint, problems } = problem as Readonly<Record<string, unknown>>;
  if (typeof code !== "string" || typeof detail !== "string") return undefined;
  const lines = [detail, ...memberLines(problems)];
  return { code, message: lines.join("\n"), hint: typeof hint === "string" ? { hint } : {} };
}

/** Each member of the request that is wrong, where the server names several. */
function memberLines(problems: unknown): readonly string[] {
  if (!Array.isArray(problems) || problems.length < 2) return [];
  return problems.flatMap((each: unknown) => {
    const { path, message } = (each ?? {}) as Readonly<Record<string, unknown>>;
    return typeof path === "string" && typeof message === "string" ? [`${path}: ${message}`] : [];
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever asks says what it is instead.
    return undefined;
  }
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
