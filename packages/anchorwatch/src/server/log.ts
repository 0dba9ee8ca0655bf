/** The server's log: one JSON object a line. What it must not hold is taken out here, wherever it comes from. */
import { type DestinationStream, type Logger, pino } from "pino";
import { AnchorwatchError } from "../domain/errors.ts";

export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";

export function createLogger({
  level,
  destination,
}: {
  readonly level: LogLevel;
  readonly destination: DestinationStream;
}): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: REDACTED, censor: "…" },
    // Fastify hands requests and replies to its logger: neither headers nor query are for it.
    serializers: {
      err: (error: unknown) => describeError(error),
      req: () => undefined,
      res: () => undefined,
    },
  };
  return pino(options, destination);
}

const SECRETS = ["authorization", "cookie", "password", "secret", "token", "body", "headers", "rawBody"];
const REDACTED = [...SECRETS, ...SECRETS.map((name) => `*.${name}`)];

const DEEPEST_CAUSE = 5;

/** Errors of libraries carry requests, queries and rows: of any error only what people read is kept. */
function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as NodeJS.ErrnoException;
  const isDefect = !(error instanceof AnchorwatchError) || error.code === "internal";
  return {
    type: error.name,
    ...(typeof code === "string" ? { code } : {}),
    message: error.message,
    ...(isDefect && error.stack !== undefined ? { stack: error.stack } : {}),
    ...(error.cause === undefined || depth === DEEPEST_CAUSE
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  };
}
