/** Faults at the start and the end of the process, where no store is known yet: `REFERENCE_FAULT`. */

const START_FAULTS = [
  "exit_at_start",
  "handshake_garbage",
  "handshake_hang",
  "handshake_wrong_protocol",
  "ignore_shutdown",
  "ignore_sigterm",
  "stderr_flood",
  "stderr_secret",
  "stdout_flood",
] as const;

export type StartFault = (typeof START_FAULTS)[number];

/** The faults of a list with commas; unknown names are returned apart. */
export function parseStartFaults(text: string | undefined): {
  readonly faults: ReadonlySet<StartFault>;
  readonly unknown: readonly string[];
} {
  const names = (text ?? "").split(",").filter((name) => name !== "");
  const known = START_FAULTS.filter((fault) => names.includes(fault));
  return {
    faults: new Set(known),
    unknown: names.filter((name) => !START_FAULTS.some((fault) => fault === name)),
  };
}

/** A long text for whoever does not drain a pipe; 16 MB are far more than any buffer. */
export function* flood(): Generator<string> {
  const line = `${"the quick brown fox jumps over the lazy dog ".repeat(24)}\n`;
  for (let left = 16 * 1024; left > 0; left -= 1) yield line;
}
