/** One step again and again, later and later while it fails. */
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { SourceSurroundings } from "./source.ts";

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

/** The step tells of its success itself; of its failure this does. */
export async function untilAborted(
  signal: AbortSignal,
  { now, sleep, onBeat }: SourceSurroundings,
  step: () => Promise<void>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await step();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      onBeat({ at: now(), problem: problemOf(error) });
      await sleep(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures++), signal);
    }
  }
}

export function problemOf(error: unknown): string {
  const hint = error instanceof AnchorwatchError ? error.hint : undefined;
  return hint === undefined ? messageOf(error) : `${messageOf(error)}. ${hint}`;
}
