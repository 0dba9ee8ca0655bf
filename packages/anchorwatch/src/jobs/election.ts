/** One among many: whoever holds an advisory lock, on a connection of its own, is elected as long as that connection lives. */
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { AnchorwatchError } from "../domain/errors.ts";
import type { Database } from "../store/connect.ts";
import { databaseError } from "../store/databaseError.ts";
import { connectAlone, endQuietly } from "./dedicatedClient.ts";
import { Pauses } from "./pauses.ts";

export interface ElectionOptions {
  /** Ends everything: the wait, or the work by way of its own signal. */
  readonly signal: AbortSignal;
  readonly onProblem: (problem: AnchorwatchError) => void;
}

/** Longer without an answer, and the connection counts as lost; the server gives the lock away later than that. */
const ANSWER_MS = 5_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Waits to be elected, and then works. `elected` is aborted when the election is lost, and the work must end then: it is awaited, and the
 * next election begins. Resolves when the work ends by itself, or `signal` is aborted.
 * @throws whatever the work throws while it is elected
 */
export async function whileElected(
  database: Database,
  name: string,
  work: (elected: AbortSignal) => Promise<void>,
  { signal, onProblem }: ElectionOptions,
): Promise<void> {
  const pauses = new Pauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  while (!signal.aborted) {
    const client = await elect(database, name, signal, onProblem);
    if (client === undefined) {
      await delay(pauses.next(), undefined, { signal }).catch(() => {}); // Then it is over.
      continue;
    }
    pauses.reset();
    try {
      if (await workElected(client, work, signal)) return;
    } finally {
      await endQuietly(client);
    }
  }
}

/** Undefined when it did not come to it: lost on the way, or not wanted any more. */
async function elect(
  database: Database,
  name: string,
  signal: AbortSignal,
  onProblem: (problem: AnchorwatchError) => void,
): Promise<pg.Client | undefined> {
  let client: pg.Client | undefined;
  const giveUp = () => client !== undefined && hangUp(client);
  signal.addEventListener("abort", giveUp);
  try {
    client = await connectAlone(database.target, `election ${name}`);
    if (signal.aborted) throw signal.reason;
    await client.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [`anchorwatch election ${name}`]);
    return client;
  } catch (error) {
    if (client !== undefined) await endQuietly(client);
    if (signal.aborted) return undefined;
    onProblem(databaseError(error, database.name));
    return undefined;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** Without a word: the statement that waits for the lock would hold up a polite end. */
function hangUp(client: pg.Client): void {
  client.connection.stream.destroy();
}

/** True when the work ended by itself, or everything ends. */
async function workElected(
  client: pg.Client,
  work: (elected: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  const lost = new AbortController();
  client.once("end", () => lost.abort(electionLost()));
  const pulse = setInterval(() => {
    feel(client).catch(() => hangUp(client));
  }, ANSWER_MS);
  try {
    await work(AbortSignal.any([lost.signal, signal]));
    return !lost.signal.aborted || signal.aborted;
  } catch (error) {
    if (lost.signal.aborted || signal.aborted) return signal.aborted;
    throw error;
  } finally {
    clearInterval(pulse);
  }
}

async function feel(client: pg.Client): Promise<void> {
  const late = AbortSignal.timeout(ANSWER_MS);
  await Promise.race([
    client.query("SELECT"),
    new Promise((_, reject) => late.addEventListener("abort", () => reject(late.reason))),
  ]);
}

function electionLost(): AnchorwatchError {
  return new AnchorwatchError(
    "database_unreachable",
    "The connection that holds the election was lost; another process may be elected now.",
  );
}
