/** Hears what is told on channels of the database, as it is committed. */
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { AnchorwatchError } from "../domain/errors.ts";
import { databaseError } from "../store/databaseError.ts";
import type { Target } from "../store/pool.ts";
import { connectAlone, endQuietly } from "./dedicatedClient.ts";
import { Pauses } from "./pauses.ts";

export interface Listening {
  readonly channel: string;
  /** For whom, as the server shows its connections. */
  readonly purpose: string;
  /** Never throws. */
  readonly heard: (message: string) => void;
  /** The connection was lost and is made anew: something may not have been heard. */
  readonly missed: () => void;
  readonly onProblem: (problem: AnchorwatchError) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Listens, on a connection of its own, until the function that it gives is called.
 * @throws AnchorwatchError `database_*` when it cannot begin
 */
export async function listen(target: Target, listening: Listening): Promise<() => Promise<void>> {
  const ending = new AbortController();
  const { onProblem, missed } = listening;
  let client = await hear(target, listening);
  const staying = stay();
  async function stay(): Promise<void> {
    const pauses = new Pauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    while (!ending.signal.aborted) {
      await untilEnd(client, ending.signal);
      if (ending.signal.aborted) return;
      try {
        client = await hear(target, listening);
        pauses.reset();
        missed();
      } catch (error) {
        if (!(error instanceof AnchorwatchError)) throw error;
        onProblem(error);
        await delay(pauses.next(), undefined, { signal: ending.signal }).catch(() => {}); // Then it ends.
      }
    }
  }
  return async () => {
    ending.abort();
    await staying;
    await endQuietly(client);
  };
}

async function hear(target: Target, { channel, purpose, heard }: Listening): Promise<pg.Client> {
  const client = await connectAlone(target, purpose);
  client.on("notification", ({ payload }) => heard(payload ?? ""));
  try {
    await client.query(`LISTEN ${channel}`);
    return client;
  } catch (error) {
    await endQuietly(client);
    throw databaseError(error, target.name);
  }
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
