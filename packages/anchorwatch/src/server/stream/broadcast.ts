/**
 * Live changes, in order, for whoever listens. The last ones are kept, once for all readers: a reader who is behind reads on from there,
 * so does one who lost the connection, and one who was away for longer is told so and loads everything anew. Nothing is kept on disk:
 * a restart is such an absence.
 */
import { createCipheriv, createDecipheriv, hash } from "node:crypto";
import { type PresentedChange, presentChange, type ToldChange } from "./liveChange.ts";
import type { Hearing, StreamReader } from "./reader.ts";

export interface StreamMessage {
  /** Counts from 1. */
  readonly number: number;
  /** What is to be sent to whom. */
  readonly textFor: (reader: StreamReader) => Hearing<{ readonly text: string }>;
  readonly characters: number;
}

export interface BroadcastLimits {
  /** Messages kept, and their characters together. */
  readonly messages: number;
  readonly characters: number;
}

const KEPT: BroadcastLimits = { messages: 2000, characters: 8 * 1024 * 1024 };

export class Broadcast {
  readonly #key: Uint8Array;
  readonly #limits: BroadcastLimits;
  readonly #listeners = new Set<() => void>();
  #kept: StreamMessage[] = [];
  #keptCharacters = 0;
  #last = 0;
  #ids = 0;

  /** @param seed random, another one for each process: nobody else can make ids of its messages, or read numbers in them */
  constructor(seed: string, limits: BroadcastLimits = KEPT) {
    this.#key = hash("sha256", seed, "buffer").subarray(0, BLOCK);
    this.#limits = limits;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Number of the last message, 0 before the first. */
  get last(): number {
    return this.#last;
  }

  publish(change: ToldChange | { readonly kind: "missed" }, now: Date): void {
    if (change.kind === "missed") this.#forget();
    const presented = change.kind === "missed" ? GAP : presentChange(change, now);
    const number = ++this.#last;
    const id = this.idOf(number);
    const all = { text: messageText({ id, event: presented.event, data: presented.data }) };
    this.#keep({
      number,
      characters: all.text.length,
      textFor: (reader) => {
        const heard = presented.heardBy(reader);
        if (heard === "all") return all;
        if (typeof heard === "string") return heard;
        return { text: messageText({ id, event: presented.event, data: heard.part }) };
      },
    });
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

  /**
   * What a reader names when it comes back. Its number would tell how much there is that others alone may hear, so it is one block of
   * AES-128: zeros, a number of its own, and the message's number. The same message has another id each time.
   */
  idOf(number: number): string {
    const block = Buffer.alloc(BLOCK);
    block.writeUInt32BE(this.#ids++ % 2 ** 32, 6);
    block.writeUIntBE(number, 10, 6);
    const cipher = createCipheriv("aes-128-ecb", this.#key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]).toString("base64url");
  }

  /** Undefined for what is no id of this process. */
  numberOf(id: string | undefined): number | undefined {
    if (id === undefined || !/^[A-Za-z0-9_-]{22}$/.test(id)) return undefined;
    const decipher = createDecipheriv("aes-128-ecb", this.#key, null).setAutoPadding(false);
    const block = Buffer.concat([decipher.update(Buffer.from(id, "base64url")), decipher.final()]);
    return block.readUIntBE(0, 6) === 0 ? block.readUIntBE(10, 6) : undefined;
  }

  /** Nobody goes on over a gap. */
  #forget(): void {
    this.#kept = [];
    this.#keptCharacters = 0;
  }

  #keep(message: StreamMessage): void {
    this.#kept.push(message);
    this.#keptCharacters += message.characters;
    while (this.#kept.length > this.#limits.messages || this.#keptCharacters > this.#limits.characters) {
      this.#keptCharacters -= this.#kept.shift()?.characters ?? 0;
    }
  }
}

const BLOCK = 16;

/** Names the event that says whether all that came before is known. */
export function readiness(resumed: boolean): PresentedChange {
  return {
    event: "ready",
    heardBy: () => "all",
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
