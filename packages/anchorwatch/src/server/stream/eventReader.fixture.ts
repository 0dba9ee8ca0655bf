/** Reads server-sent events, as a browser's EventSource does. */
export interface ReceivedEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data: string;
}

export interface EventReader {
  /** The next event; comments are none. */
  readonly next: () => Promise<ReceivedEvent>;
  /** Everything until the server ends it. */
  readonly rest: () => Promise<readonly ReceivedEvent[]>;
  readonly close: () => void;
}

export async function readEvents(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
  const abort = new AbortController();
  const { status, body } = await fetch(url, { headers, signal: abort.signal });
  if (body === null || status !== 200) throw new TypeError(`no stream, but ${status}`);
  // At once: a body that nobody has begun to read is cancelled as soon as its response is collected as garbage.
  const events = parse(body.pipeThrough(new TextDecoderStream()));
  return {
    next: async () => {
      const { value, done } = await events.next();
      if (done) throw new TypeError("the stream ended");
      return value;
    },
    rest: async () => {
      const all: ReceivedEvent[] = [];
      for await (const event of events) all.push(event);
      return all;
    },
    close: () => abort.abort(),
  };
}

async function* parse(chunks: ReadableStream<string>): AsyncGenerator<ReceivedEvent, void> {
  let text = "";
  for await (const chunk of chunks) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const fields = Object.fromEntries(
        lines.filter((line) => !line.startsWith(":")).map((line) => line.split(/: (.*)/s, 2)),
      ) as Record<string, string>;
      const { data, id, event } = fields;
      if (data !== undefined)
        yield { data, ...(id === undefined ? {} : { id }), ...(event === undefined ? {} : { event }) };
    }
  }
}
