/** Requests that are sent again when nobody knows whether they arrived. */
import { ServerProblem } from "./problem.ts";

/** Milliseconds between the tries; a server that starts again, or a proxy that closes what was idle, is back by then. */
const WAITS_MS: readonly number[] = [300, 1500];

export interface RepeatingOptions {
  /** Done twice, it does nothing twice. */
  readonly isSafe: boolean;
  readonly signal: AbortSignal;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Works once; where that is safe, twice more as long as the connection is lost. @throws whatever the last try threw */
export async function repeated<Answer>(
  work: () => Promise<Answer>,
  { isSafe, signal, sleep }: RepeatingOptions,
): Promise<Answer> {
  for (const wait of isSafe ? WAITS_MS : []) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isLost(error)) throw error;
    }
    await sleep(wait, signal);
  }
  return await work();
}

/** A wrong name, or a certificate that nobody vouches for, is so again the next time; so is an answer that says what is wrong. */
const LOST: readonly string[] = [
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
];

function isLost(error: unknown): boolean {
  // The first try may have arrived, and be under way still.
  if (error instanceof ServerProblem) return error.code === "request_underway";
  const causes = error instanceof Error ? [error, error.cause] : [];
  const errors = causes.flatMap((each) => (each instanceof AggregateError ? each.errors : [each]));
  return errors.some((each) => LOST.includes((each as NodeJS.ErrnoException | undefined)?.code ?? ""));
}
