/** Tells the anchors of each checkpoint, without making anybody wait for them. What is overtaken by a newer one is left out. */
import type { NoteSignature } from "tlog";
import { type AnchorwatchError, messageOf, type Warning } from "../../domain/errors.ts";
import type { Anchor } from "../anchors/anchor.ts";
import { type EvidenceKeeper, isConflict, withEvidence } from "./conflict.ts";
import { cosignaturesOf } from "./cosignatures.ts";
import type { LogTiles } from "./logTiles.ts";

interface News {
  readonly note: string;
  readonly size: number;
}

export interface AnchorNewsOptions extends EvidenceKeeper {
  readonly anchors: readonly Anchor[];
  readonly tiles: LogTiles;
  readonly onWarning: (warning: Warning) => void;
  /** An anchor knows another or a longer history; what proves it is kept. */
  readonly onConflict: (error: AnchorwatchError) => void;
  /** What a witness signed of the checkpoint; verified. */
  readonly onCosigned: (note: string, cosignatures: readonly NoteSignature[]) => void;
  /** The first checkpoint that an anchor did not take, and the first one that it took after that. */
  readonly onTurn: (turn: AnchorTurn) => void;
}

/** An anchor began to fail, or to take checkpoints again. */
export interface AnchorTurn {
  readonly anchor: string;
  /** The checkpoint, a signed note. */
  readonly note: string;
  /** Why it failed; undefined: it has the checkpoint. */
  readonly failure: string | undefined;
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
  #isFailing = false;

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
    const { tiles, onWarning, onConflict, onCosigned } = this.#options;
    try {
      await this.#anchor.publish(note, (older) => tiles.consistency(older, size));
      const cosignatures = await cosignaturesOf(this.#anchor, note);
      if (cosignatures.length > 0) onCosigned(note, cosignatures);
      this.#turn(note, undefined);
    } catch (error) {
      const refusal = `The anchor ${this.#anchor.name} did not take the checkpoint of ${size} entries: ${messageOf(error)}`;
      if (!isConflict(error)) {
        const hint = "The next checkpoint is sent again. Entries are safe in the log meanwhile.";
        onWarning({ code: "ledger_anchor_failed", message: refusal, hint });
        this.#turn(note, messageOf(error));
        return;
      }
      const conflict = await withEvidence(error, this.#anchor, note, this.#options);
      onConflict(conflict);
      onWarning({
        code: "ledger_anchor_conflict",
        message: refusal,
        ...(conflict.hint === undefined ? {} : { hint: conflict.hint }),
      });
    }
  }

  /** Only a turn is told: an entry about each failure would make a checkpoint, which fails. */
  #turn(note: string, failure: string | undefined): void {
    const isFailing = failure !== undefined;
    if (isFailing === this.#isFailing) return;
    this.#isFailing = isFailing;
    this.#options.onTurn({ anchor: this.#anchor.name, note, failure });
  }
}
