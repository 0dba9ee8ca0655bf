/** A log that grows, for many readers at once: each gets it at its newest checkpoint, and keeps what it got. */
import type { LogSource, VerifierKey } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { OpenedLog } from "../../ledger/read/openedLog.ts";
import { openLog } from "../../ledger/read/openLog.ts";

export interface NewestLogOptions {
  readonly source: LogSource;
  /** The log's own, as they are now; none where they are on another machine. */
  readonly keys: () => Promise<readonly VerifierKey[]>;
}

export class NewestLog {
  readonly #source: LogSource;
  readonly #readKeys: NewestLogOptions["keys"];
  #keys: readonly VerifierKey[] | undefined;
  #current: OpenedLog | undefined;
  #looking: Promise<OpenedLog> | undefined;

  constructor({ source, keys }: NewestLogOptions) {
    this.#source = source;
    this.#readKeys = keys;
  }

  /**
   * Opened anew only when its checkpoint is another one, and that has to contain the tree of the one before. An opened log never moves
   * on by itself: proofs and checkpoint of one answer belong together.
   * @throws AnchorwatchError `ledger_missing`, `ledger_forked`, `ledger_rolled_back`, and what opening says
   */
  newest(): Promise<OpenedLog> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<OpenedLog> {
    const current = this.#current;
    if (current !== undefined && (await this.#noteNow()) === current.note) return current;
    const opened = await this.#open();
    if (current !== undefined) await opened.beginsWith(current.note);
    this.#current = opened;
    return opened;
  }

  async #noteNow(): Promise<string | undefined> {
    const bytes = await this.#source.read("checkpoint");
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  /** Keys change when they are rotated, and are there only once the log is. */
  async #open(): Promise<OpenedLog> {
    const keys = this.#keys;
    if (keys !== undefined) {
      try {
        return await openLog(this.#source, { keys });
      } catch (error) {
        if (!(error instanceof AnchorwatchError) || error.code !== "ledger_key_unknown") throw error;
      }
    }
    const found = await this.#readKeys();
    this.#keys = found.length === 0 ? undefined : found;
    return await openLog(this.#source, { keys: found });
  }
}
