/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
export interface ServerSentEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

/** Characters of one event. A server that sends an endless one must not fill our memory. */
const LONGEST = 16 * 1024 * 1024;

/**
 * Events of a body, as they come; a comment is a sign of life, given as undefined.
 * @throws RangeError when one is endless
 */
export async function* serverSentEvents(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent | undefined, void> {
  const decoder = new TextDecoder();
  let text = "";
  let fields: { id?: string; event?: string; data?: string } = {};
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST) throw new RangeError("an event is endless");
    const lines = text.split(/\r\n|\n/);
    text = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        const { data, event = "message", ...id } = fields;
        if (data !== undefined) yield { ...id, event, data };
        fields = {};
      } else if (line.startsWith(":")) yield undefined;
      else fields = withLine(fields, line);
      if ((fields.data ?? "").length > LONGEST) throw new RangeError("an event is endless");
    }
  }
}

function withLine(fields: { id?: string; event?: string; data?: string }, line: string) {
  const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
  switch (name) {
    case "id":
      return { ...fields, id: value };
    case "event":
      return { ...fields, event: value };
    case "data":
      return { ...fields, data: fields.data === undefined ? value : `${fields.data}\n${value}` };
    default:
      return fields;
  }
}
