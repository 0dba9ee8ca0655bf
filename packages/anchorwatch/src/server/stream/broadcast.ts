/**
 * Live changes, in order, for whoever listens. The last ones are kept, once for all readers: a reader who is behind reads on from there,
 * so does one who lost the connection, and one who was away for longer is told so and loads everything anew. Nothing is kept on disk:
 * a restart is such an absence.
 */
import type { LiveChange } from "../watch.ts";
import { type PresentedChange, presentChange } from "./liveChange.ts";

export interface StreamMessage {
  /** Counts from 1. */
  readonly number: number;
  /** Ready to be sent. */
  readonly text: string;
  /** Undefined: it concerns everybody. */
  readonly stackIds: readonly string[] | undefined;
}

export interface BroadcastLimits {
  /** Messages kept, and their characters together. */
  readonly messages: number;
  readonly characters: number;
}

const KEPT: BroadcastLimits = { messages: 2000, characters: 8 * 1024 * 1024 };

export class Broadcast {
  readonly #epoch: string;
  readonly #limits: BroadcastLimits;
  readonly #listeners = new Set<() => void>();
  #kept: StreamMessage[] = [];
  #keptCharacters = 0;
  #last = 0;

  /** @param epoch another one for each process, without `-` */
  constructor(epoch: string, limits: BroadcastLimits = KEPT) {
    this.#epoch = epoch;
    this.#limits = limits;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Number of the last message, 0 before the first. */
  get last(): number {
    return this.#last;
  }

  publish(change: LiveChange, now: Date): void {
    if (change.kind === "missed") this.#forget();
    const { event, stackIds, data } = change.kind === "missed" ? GAP : presentChange(change, now);
    const number = ++this.#last;
    this.#keep({ number, stackIds, text: messageText({ id: this.idOf(number), event, data }) });
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after each message, until the function that it returns is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Whether all messages since are kept. */
  keeps(number: number): boolean {
    return number >= this.#last - this.#kept.length && number <= this.#last;
  }

  /** All messages since, or undefined when some of them are not kept any more. */
  after(number: number): readonly StreamMessage[] | undefined {
    return this.keeps(number) ? this.#kept.slice(number - (this.#last - this.#kept.length)) : undefined;
  }

  /** `EPOCH-NUMBER`: what a reader names when it comes back. */
  idOf(number: number): string {
    return `${this.#epoch}-${number}`;
  }

  /** Undefined for what is no id of this process. */
  numberOf(id: string | undefined): number | undefined {
    const [, epoch, number] = /^([^-]{1,64})-([0-9]{1,15})$/.exec(id ?? "") ?? [];
    return epoch === this.#epoch ? Number(number) : undefined;
  }

  /** Nobody goes on over a gap. */
  #forget(): void {
    this.#kept = [];
    this.#keptCharacters = 0;
  }

  #keep(message: StreamMessage): void {
    this.#kept.push(message);
    this.#keptCharacters += message.text.length;
    while (this.#kept.length > this.#limits.messages || this.#keptCharacters > this.#limits.characters) {
      this.#keptCharacters -= this.#kept.shift()?.text.length ?? 0;
    }
  }
}

/** Names the event that says whether all that came before is known. */
export function readiness(resumed: boolean): PresentedChange {
  return {
    event: "ready",
    stackIds: undefined,
    data: { schema: "anchorwatch.stream-ready/v1", resumed },
  };
}

/** Changes may have been missed, for instance while the database was away: everything has to be loaded anew. */
const GAP = readiness(false);

/** JSON holds no line breaks, so that it is one line of data. */
export function messageText(message: {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}): string {
  return `id: ${message.id}\nevent: ${message.event}\ndata: ${JSON.stringify(message.data)}\n\n`;
}
