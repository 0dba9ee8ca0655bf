/** Hears of jobs as they are committed, so that nobody has to ask for them all the time. */
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { AnchorwatchError } from "../domain/errors.ts";
import type { Target } from "../store/pool.ts";
import { connectAlone, endQuietly } from "./dedicatedClient.ts";
import { LISTEN } from "./rows.ts";

export interface Wakeups {
  /** Also when something may have been missed. */
  on(queue: string, listener: () => void): () => void;
  close(): Promise<void>;
}

const PAUSE_MS = 500;

/** A lost connection is made anew; until then workers find jobs by asking now and then. */
export async function listenForJobs(
  target: Target,
  onProblem: (problem: AnchorwatchError) => void,
): Promise<Wakeups> {
  const listeners = new Map<string, Set<() => void>>();
  const ending = new AbortController();
  const tell = (queue: string) => {
    for (const listener of listeners.get(queue) ?? []) listener();
  };
  const hear = async () => {
    const client = await connectAlone(target, "wake-ups");
    client.on("notification", ({ payload }) => tell(payload ?? ""));
    await client.query(LISTEN);
    return client;
  };
  let client = await hear();
  const staying = stay();
  async function stay(): Promise<void> {
    while (!ending.signal.aborted) {
      await untilEnd(client, ending.signal);
      if (ending.signal.aborted) return;
      try {
        client = await hear();
        for (const queue of listeners.keys()) tell(queue);
      } catch (error) {
        if (!(error instanceof AnchorwatchError)) throw error;
        onProblem(error);
        await delay(PAUSE_MS, undefined, { signal: ending.signal }).catch(() => {}); // Then it ends.
      }
    }
  }
  return {
    on: (queue, listener) => {
      const those = listeners.get(queue) ?? new Set();
      listeners.set(queue, those.add(listener));
      return () => those.delete(listener);
    },
    close: async () => {
      ending.abort();
      await staying;
      await endQuietly(client);
    },
  };
}

/** Resolves at once when it ended before. */
function untilEnd(client: pg.Client, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || hasEnded(client)) return resolve();
    const done = () => {
      client.off("end", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    client.once("end", done);
    signal.addEventListener("abort", done);
  });
}

/** The driver knows it, and its types do not. */
function hasEnded(client: pg.Client): boolean {
  return "_ended" in client && client._ended === true;
}
