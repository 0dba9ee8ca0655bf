/** Clouds answer late: what an event touched, and what shows no change yet, is read again. */
import type { WantedLook } from "./records.ts";

/** Milliseconds after the last event was received. */
const ROUNDS_MS: readonly number[] = [0, 5_000, 30_000, 120_000];

/** What has to be looked at once more after that look showed nothing new; undefined after the last round. */
export function nextRound(look: WantedLook): WantedLook | undefined {
  const round = look.round + 1;
  const after = ROUNDS_MS[round];
  if (after === undefined) return undefined;
  return { ...look, round, dueAt: new Date((look.lastAt ?? look.receivedAt).getTime() + after) };
}
