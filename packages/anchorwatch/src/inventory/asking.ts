/** One call after the other, a few at once: what fails is noted, and the others go on. */

/** Why something could not be asked. */
export interface SurveyProblem {
  /** `denied`: the identity lacks the permission. */
  readonly kind: "denied" | "failed";
  /** `iam:ListUsers` */
  readonly permission: string;
  readonly message: string;
}

/** Undefined when it failed; then that is noted. */
export type Ask = <Answer>(permission: string, call: () => Promise<Answer>) => Promise<Answer | undefined>;

/** How long calls were waited for, and how many there were. */
export interface CallMeter {
  calls: number;
  waitedMs: number;
}

export interface CallGate {
  /** @param onProblem called for each call that failed */
  asking(onProblem: (problem: SurveyProblem) => void): Ask;
  readonly meter: Readonly<CallMeter>;
}

export interface GateOptions {
  /** Calls at once. */
  readonly most: number;
  /** Milliseconds from any start. */
  readonly elapsed: () => number;
  readonly signal: AbortSignal;
}

/** Counts the time in which at least one call was under way. */
export function callGate({ most, elapsed, signal }: GateOptions): CallGate {
  const meter: CallMeter = { calls: 0, waitedMs: 0 };
  const waiting: (() => void)[] = [];
  let running = 0;
  let since = 0;
  const enter = async () => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
  };
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  let inFlight = 0;
  return {
    meter,
    asking: (onProblem) => async (permission, call) => {
      await enter();
      if (inFlight++ === 0) since = elapsed();
      meter.calls += 1;
      try {
        signal.throwIfAborted();
        return await within(call, signal);
      } catch (error) {
        signal.throwIfAborted();
        onProblem(problemOf(permission, error));
        return undefined;
      } finally {
        if (--inFlight === 0) meter.waitedMs += elapsed() - since;
        leave();
      }
    },
  };
}

/** Whoever does not answer for so long holds up nothing else. */
const DEADLINE_MS = 60_000;

async function within<Answer>(call: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const late = Promise.withResolvers<never>();
  const end = () => late.reject(limit.reason);
  limit.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([call(), late.promise]);
  } finally {
    limit.removeEventListener("abort", end);
  }
}

const DENIED = /AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized|Forbidden|OptInRequired/i;
const LONGEST = 500;

/** The message of AWS names identity and permission; what it may hold besides is cut. */
export function problemOf(permission: string, error: unknown): SurveyProblem {
  const name = error instanceof Error ? error.name : "";
  const text = error instanceof Error ? error.message : String(error);
  const told = /not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(text)?.[1] ?? permission;
  const message = `${name === "" || name === "Error" ? "" : `${name}: `}${text}`
    .slice(0, LONGEST)
    .toWellFormed();
  // A provider tells it in words alone.
  const isDenied =
    DENIED.test(typeof error === "string" ? text : name) || /not authorized to perform/.test(text);
  return { kind: isDenied ? "denied" : "failed", permission: told, message };
}

const PROBLEMS_TOLD = 20;

/** A thousand users that may not be read are one problem. */
export function noteProblem(problems: SurveyProblem[], problem: SurveyProblem): void {
  const isKnown = problems.some(
    ({ kind, permission }) => kind === problem.kind && permission === problem.permission,
  );
  if (!isKnown && problems.length < PROBLEMS_TOLD) problems.push(problem);
}
