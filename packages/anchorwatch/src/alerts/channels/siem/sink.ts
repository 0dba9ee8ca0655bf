/** Where events of a SIEM go: an address that takes lines, Splunk's collector, or a file. */
import { z } from "zod";
import type { JsonObject } from "../../../domain/jsonValue.ts";
import { ChannelFailure } from "../../channel.ts";
import type { ChannelParts } from "../definition.ts";
import { nonsense, optionalSecretOf, parsedAs, secretOf, send } from "../posting.ts";

export interface SinkSettings {
  readonly url?: string | undefined;
  readonly format?: "lines" | "splunk" | undefined;
  readonly header?: string | undefined;
  readonly path?: string | undefined;
}

/**
 * In their order; where one request was refused, those before it arrived.
 * @throws ChannelFailure
 */
export type Sink = (events: readonly JsonObject[], signal: AbortSignal) => Promise<void>;

/** Splunk's collector takes 1 MB unless it is told otherwise, and others are not more generous. */
const MOST_BYTES = 900_000;

export function sinkOf(settings: SinkSettings, parts: ChannelParts): Sink {
  const { path, url = "" } = settings;
  if (path !== undefined) return (events) => write(path, events.map(line).join(""), parts);
  return async (events, signal) => {
    const isSplunk = settings.format === "splunk";
    const token = isSplunk ? await secretOf(parts, "token") : await optionalSecretOf(parts, "token");
    const headers = {
      "content-type": isSplunk ? "application/json" : "application/x-ndjson",
      ...(token === undefined ? {} : tokenHeader(settings, token)),
    };
    for (const body of bodiesOf(events.map(isSplunk ? splunkEvent : line))) {
      const answer = await send(parts, { method: "POST", url, headers, body }, signal);
      // Whatever else answers 200 there, the collector says that it took them.
      if (isSplunk && parsedAs(collected, answer) === undefined) throw nonsense();
    }
  };
}

const collected = z.object({ code: z.literal(0) });

async function write(path: string, lines: string, { append }: ChannelParts): Promise<void> {
  try {
    await append(path, lines);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ChannelFailure(`its file cannot be written: ${code}`, "again", { cause: error });
  }
}

/** As few as may be; an event that is too large by itself goes alone. */
function bodiesOf(texts: readonly string[]): readonly string[] {
  const bodies: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    const size = Buffer.byteLength(text);
    const last = bodies.at(-1);
    if (last === undefined || bytes + size > MOST_BYTES) {
      bodies.push(text);
      bytes = size;
    } else {
      bodies[bodies.length - 1] = last + text;
      bytes += size;
    }
  }
  return bodies;
}

function tokenHeader({ header, format }: SinkSettings, token: string): Record<string, string> {
  if (header !== undefined) return { [header]: token };
  return { authorization: `${format === "splunk" ? "Splunk" : "Bearer"} ${token}` };
}

function splunkEvent(event: JsonObject): string {
  const time = Number(event["time"]) / 1000;
  return JSON.stringify({ time, source: "anchorwatch", sourcetype: "ocsf", event });
}

function line(event: JsonObject): string {
  return `${JSON.stringify(event)}\n`;
}
