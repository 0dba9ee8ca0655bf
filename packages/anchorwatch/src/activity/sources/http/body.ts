/** The body of a signed request: what a queue's message may hold, or events in our own form. */
import type { ReadRecord } from "../../../domain/auditEvent.ts";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { isMembers } from "../../cloudtrail/members.ts";
import { readContent } from "../../envelope/message.ts";
import { readRecords } from "../queue/openMessage.ts";
import { digestOf } from "../source.ts";
import { readOwnEvent } from "./ownEvent.ts";

const MOST_EVENTS = 1000;

/** @throws AnchorwatchError `event_invalid` for what is no JSON, is too much, or has no events */
export function readBody(body: Uint8Array, source: string): readonly ReadRecord[] {
  const content = parse(body);
  if (isMembers(content) && Array.isArray(content["events"])) {
    const events = content["events"] as readonly unknown[];
    if (events.length > MOST_EVENTS)
      throw invalid(`events: ${events.length} of them, where ${MOST_EVENTS} at once are taken`);
    return events.map((event, index) => readOwnEvent(event, source, `events[${index}]`));
  }
  if (isMembers(content) && "id" in content && !("detail-type" in content))
    return [readOwnEvent(content, source, "")];
  const envelope = readContent(content);
  if (envelope.kind === "malformed") throw invalid(envelope.why);
  if (envelope.kind === "files") throw invalid("files of a bucket are taken from queues only");
  if (envelope.kind === "nothing") return [];
  if (envelope.records.length > MOST_EVENTS)
    throw invalid(`Records: ${envelope.records.length} of them, where ${MOST_EVENTS} at once are taken`);
  return readRecords(envelope.records, body, source);
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
  } catch (cause) {
    throw invalid(`the body is no JSON in UTF-8 (${digestOf(body)})`, cause);
  }
}

function invalid(what: string, cause?: unknown): AnchorwatchError {
  return new AnchorwatchError("event_invalid", `The request holds no events: ${what}`, {
    hint: "docs/events.md shows what may be sent.",
    ...(cause === undefined ? {} : { cause }),
  });
}
