/** Hears of jobs as they are committed, so that nobody has to ask for them all the time. */
import type { AnchorwatchError } from "../domain/errors.ts";
import type { Target } from "../store/pool.ts";
import { listen } from "./listening.ts";
import { CHANNEL } from "./rows.ts";

export interface Wakeups {
  /** Also when something may have been missed. */
  on(queue: string, listener: () => void): () => void;
  close(): Promise<void>;
}

/** A lost connection is made anew; until then workers find jobs by asking now and then. */
export async function listenForJobs(
  target: Target,
  onProblem: (problem: AnchorwatchError) => void,
): Promise<Wakeups> {
  const listeners = new Map<string, Set<() => void>>();
  const tell = (queue: string) => {
    for (const listener of listeners.get(queue) ?? []) listener();
  };
  const close = await listen(target, {
    channel: CHANNEL,
    purpose: "wake-ups",
    heard: tell,
    missed: () => {
      for (const queue of listeners.keys()) tell(queue);
    },
    onProblem,
  });
  return {
    on: (queue, listener) => {
      const those = listeners.get(queue) ?? new Set();
      listeners.set(queue, those.add(listener));
      return () => those.delete(listener);
    },
    close,
  };
}
