/**
 * One reader of the stream. It gets the next message when the connection takes it, from what the broadcast keeps for all; a reader that is
 * too slow for that, or does not read at all, is cut off, and no memory is spent on it. It comes back with the id of its last message.
 */
import type { ServerResponse } from "node:http";
import { type Broadcast, messageText, readiness } from "./broadcast.ts";
import type { StreamReader } from "./reader.ts";

export interface StreamOptions {
  readonly lastEventId: string | undefined;
  readonly reader: StreamReader;
  /** It ends by itself after so long: whoever comes back is asked again who he is. */
  readonly longestMs: number;
  /** Between two signs of life. */
  readonly keepAliveMs: number;
  /** Calls back at every interval until the function that it returns is called. */
  readonly every: (milliseconds: number, call: () => void) => () => void;
  readonly onCutOff: () => void;
  /** Of every answer of the server. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How long a reader waits before it connects again. */
const RETRY_MS = 2000;

/** Serves the stream until the reader goes away, or the function that it returns is called. */
export function serveStream(
  response: ServerResponse,
  broadcast: Broadcast,
  options: StreamOptions,
): () => void {
  const client = new StreamClient(response, broadcast, options);
  client.start();
  return () => client.end();
}

class StreamClient {
  readonly #response: ServerResponse;
  readonly #broadcast: Broadcast;
  readonly #options: StreamOptions;
  #leave = () => {};
  /** Of the last message that it was given or that did not concern it. */
  #number = 0;
  /** The connection takes nothing more before it has drained. */
  #isFull = false;
  /** It was full at the last sign of life, and has not drained since. */
  #isStuck = false;

  constructor(response: ServerResponse, broadcast: Broadcast, options: StreamOptions) {
    this.#response = response;
    this.#broadcast = broadcast;
    this.#options = options;
  }

  start(): void {
    const { every, keepAliveMs, longestMs, lastEventId } = this.#options;
    const seen = this.#broadcast.numberOf(lastEventId);
    const resumed = seen !== undefined && this.#broadcast.keeps(seen);
    this.#number = resumed ? seen : this.#broadcast.last;
    const stopListening = this.#broadcast.listen(() => this.#pump());
    const stopKeepAlive = every(keepAliveMs, () => this.#keepAlive());
    const stopAging = every(longestMs, () => this.end());
    this.#leave = () => {
      stopListening();
      stopKeepAlive();
      stopAging();
    };
    this.#response.on("close", this.#leave);
    this.#response.on("error", this.#leave);
    this.#response.on("drain", () => {
      this.#isFull = false;
      this.#isStuck = false;
      this.#pump();
    });
    this.#response.writeHead(200, {
      ...this.#options.headers,
      "content-type": "text/event-stream; charset=utf-8",
      // When the stream ends, so does the connection: a server that stops would wait for it.
      connection: "close",
    });
    const id = this.#broadcast.idOf(this.#number);
    this.#write(`retry: ${RETRY_MS}\n${messageText({ id, ...readiness(resumed) })}`);
    this.#pump();
  }

  end(): void {
    this.#leave();
    // Whoever takes nothing would be waited for as long as he likes.
    if (this.#isFull) this.#response.destroy();
    else this.#response.end();
  }

  #pump(): void {
    if (!this.#broadcast.keeps(this.#number)) this.#cutOff();
    if (this.#isFull) return;
    for (const { number, textFor } of this.#broadcast.after(this.#number) ?? []) {
      if (this.#isFull) return;
      const heard = textFor(this.#options.reader);
      // It comes back with the id of the message before, and hears this one then, or not.
      if (heard === "undecided") {
        this.end();
        return;
      }
      this.#number = number;
      if (heard !== "nothing") this.#write(heard.text);
    }
  }

  #keepAlive(): void {
    if (this.#isStuck) this.#cutOff();
    else if (this.#isFull) this.#isStuck = true;
    // Where it is, too: whoever hears nothing for long does not fall behind.
    else this.#write(`: still here\nid: ${this.#broadcast.idOf(this.#number)}\n\n`);
  }

  #write(text: string): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    this.#isFull = !this.#response.write(text);
  }

  #cutOff(): void {
    this.#leave();
    this.#options.onCutOff();
    this.#response.destroy();
  }
}
