/** Tells this process of what any process stored, as it is committed. */
import type { AnchorwatchError } from "../domain/errors.ts";
import { ALERT, ALERTS, CHANGES, changesOf, OUTBOX, PLAYBOOKS } from "../store/changes.ts";
import type { Database } from "../store/connect.ts";
import { databaseError } from "../store/databaseError.ts";
import type { ChangeFeed, HeardChange } from "../watch/storedChange.ts";
import { listen } from "./listening.ts";

export interface FeedOptions {
  /** The ledger has something to get, or may have. */
  readonly onOutbox: () => void;
  /** Something changed that people may have to be told of, or an alert did. */
  readonly onAlerts?: () => void;
  /** A drift did something that may set playbooks in motion. */
  readonly onPlaybooks?: () => void;
  readonly onProblem: (problem: AnchorwatchError) => void;
}

/** Keys of what is not looked up yet: whoever is further behind has missed it. */
const MOST_WAITING = 10_000;

/** @throws AnchorwatchError `database_*` */
export async function openChangeFeed(
  database: Database,
  { onOutbox, onAlerts = () => {}, onPlaybooks = () => {}, onProblem }: FeedOptions,
): Promise<ChangeFeed> {
  const listeners = new Set<(change: HeardChange) => void>();
  const waiting = new WaitingMessages({
    look: (message) => changesOf(database.kysely, message),
    tell: (change) => {
      for (const listener of listeners) listener(change);
    },
    onProblem: (problem) => onProblem(databaseError(problem, database.name)),
  });
  const stopListening = await listen(database.target, {
    channel: CHANGES,
    purpose: "changes",
    heard: (message) => {
      if (message === OUTBOX) return onOutbox();
      if (message === PLAYBOOKS) return onPlaybooks();
      if (message === ALERTS || message.startsWith(`${ALERT} `)) onAlerts();
      if (message !== ALERTS && listeners.size > 0) waiting.add(message);
    },
    missed: () => {
      onOutbox();
      onAlerts();
      onPlaybooks();
      waiting.missed();
    },
    onProblem,
  });
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await stopListening();
      await waiting.end();
    },
  };
}

interface WaitingOptions {
  readonly look: (message: string) => Promise<readonly HeardChange[]>;
  readonly tell: (change: HeardChange) => void;
  readonly onProblem: (problem: unknown) => void;
}

/** Looked up one after the other, so that they are told in their order. The same, twice in the queue, is once. */
export class WaitingMessages {
  readonly #options: WaitingOptions;
  readonly #waiting = new Set<string>();
  #working: Promise<void> | undefined;
  #ended = false;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  add(message: string): void {
    if (this.#ended) return;
    if (this.#waiting.size >= MOST_WAITING) {
      this.missed();
      return;
    }
    this.#waiting.add(message);
    this.#working ??= this.#work();
  }

  /** What waits is as lost as what was not heard. */
  missed(): void {
    this.#waiting.clear();
    this.#options.tell({ kind: "missed" });
  }

  /** Resolves when nothing is looked up any more. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#waiting.clear();
    await this.#working;
  }

  async #work(): Promise<void> {
    for (const message of this.#waiting) {
      this.#waiting.delete(message);
      try {
        for (const change of await this.#options.look(message)) if (!this.#ended) this.#options.tell(change);
      } catch (error) {
        this.#options.onProblem(error);
        this.missed();
      }
    }
    this.#working = undefined;
  }
}
