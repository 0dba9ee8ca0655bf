/** Tells the anchors of each checkpoint, without making anybody wait for them. What is overtaken by a newer one is left out. */
import { type AnchorwatchError, messageOf, type Warning } from "../../domain/errors.ts";
import type { Anchor } from "../anchors/anchor.ts";
import { isConflict } from "./anchorsAtStart.ts";
import type { LogTiles } from "./logTiles.ts";

interface News {
  readonly note: string;
  readonly size: number;
}

export interface AnchorNewsOptions {
  readonly anchors: readonly Anchor[];
  readonly tiles: LogTiles;
  readonly onWarning: (warning: Warning) => void;
  /** An anchor knows another or a longer history. */
  readonly onConflict: (error: AnchorwatchError) => void;
}

export class AnchorNews {
  readonly #lines: readonly AnchorLine[];

  constructor(options: AnchorNewsOptions) {
    this.#lines = options.anchors.map((anchor) => new AnchorLine(anchor, options));
  }

  tell(note: string, size: number): void {
    for (const line of this.#lines) line.tell({ note, size });
  }

  /** When every anchor has the newest checkpoint or has failed to take it. Never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.settled()));
  }
}

/** One anchor: one checkpoint on its way, and the newest of those that came meanwhile. */
class AnchorLine {
  readonly #anchor: Anchor;
  readonly #options: AnchorNewsOptions;
  #next: News | undefined;
  #sending: Promise<void> | undefined;

  constructor(anchor: Anchor, options: AnchorNewsOptions) {
    this.#anchor = anchor;
    this.#options = options;
  }

  tell(news: News): void {
    this.#next = news;
    this.#sending ??= this.#send();
  }

  async settled(): Promise<void> {
    await this.#sending;
  }

  async #send(): Promise<void> {
    for (let news = this.#next; news !== undefined; news = this.#next) {
      this.#next = undefined;
      await this.#publish(news);
    }
    this.#sending = undefined;
  }

  async #publish({ note, size }: News): Promise<void> {
    const { tiles, onWarning, onConflict } = this.#options;
    try {
      await this.#anchor.publish(note, (older) => tiles.consistency(older, size));
    } catch (error) {
      if (isConflict(error)) onConflict(error);
      onWarning({
        code: "ledger_anchor_failed",
        message: `The anchor ${this.#anchor.name} did not take the checkpoint of ${size} entries: ${messageOf(error)}`,
        hint: "The next checkpoint is sent again. Entries are safe in the log meanwhile.",
      });
    }
  }
}
