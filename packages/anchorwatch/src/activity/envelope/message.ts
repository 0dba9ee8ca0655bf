/**
 * What comes in a message: an event of EventBridge, a notification of S3 or of CloudTrail about a new log file, or plain records;
 * each as it is, or in a notification of SNS. Whoever may write to the queue decides what stands in there.
 */
import { isMembers, type Members, member, membersOf, textOf } from "../cloudtrail/members.ts";
import type { Envelope } from "./envelope.ts";
import { filesOfNotification, filesOfTrail } from "./notification.ts";

export function readMessage(body: string): Envelope {
  const outer = parse(body);
  if (!outer.ok) return malformed(`the message is no JSON: ${outer.why}`);
  const wrapped = member(membersOf(outer.value), "Type");
  if (typeof wrapped !== "string" || !("TopicArn" in membersOf(outer.value))) return readContent(outer.value);
  if (wrapped !== "Notification") return { kind: "nothing", why: `SNS sent a ${wrapped.slice(0, 64)}` };
  const message = member(membersOf(outer.value), "Message");
  if (typeof message !== "string")
    return malformed("Message: expected the text that a notification of SNS carries");
  if (message.startsWith("CloudTrail validation message"))
    return { kind: "nothing", why: "CloudTrail tried its topic" };
  const inner = parse(message);
  return inner.ok ? readContent(inner.value, "Message.") : malformed(`Message: no JSON: ${inner.why}`);
}

/** What a message holds once it is unwrapped; also the body of a signed request. `at` begins every path. */
export function readContent(content: unknown, at = ""): Envelope {
  if (!isMembers(content))
    return malformed(`${at === "" ? "the message" : at.slice(0, -1)}: expected an object`);
  if (typeof content["detail-type"] === "string") return readEvent(content, at);
  if (member(content, "Event") === "s3:TestEvent")
    return { kind: "nothing", why: "S3 tried its notification" };
  if (typeof member(content, "s3Bucket") === "string") return filesOfTrail(content, at);
  if ("eventID" in content || "eventVersion" in content) return { kind: "records", records: [content] };
  const records = member(content, "Records");
  if (!Array.isArray(records))
    return malformed(`${at}Records: expected a record, an event of EventBridge, or a list of records`);
  return records.some((record) => isMembers(member(membersOf(record), "s3")))
    ? filesOfNotification(records, at)
    : { kind: "records", records };
}

const OF_CLOUDTRAIL = " via CloudTrail";

function readEvent(event: Members, at: string): Envelope {
  const type = textOf(event, "detail-type", 128) ?? "";
  const detail = member(event, "detail");
  if (type.endsWith(OF_CLOUDTRAIL)) {
    return isMembers(detail)
      ? { kind: "records", records: [detail] }
      : malformed(`${at}detail: expected a record of CloudTrail`);
  }
  if (type !== "Object Created") return { kind: "nothing", why: `the event is of another kind: ${type}` };
  const bucket = textOf(membersOf(member(membersOf(detail), "bucket")), "name");
  const key = textOf(membersOf(member(membersOf(detail), "object")), "key");
  if (bucket === undefined) return malformed(`${at}detail.bucket.name: missing`);
  if (key === undefined) return malformed(`${at}detail.object.key: missing`);
  return { kind: "files", files: [{ bucket, key }] };
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

function parse(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    // The parser repeats a piece of the text, which nobody may want to see; where it went wrong is enough.
    const [place = "it ends too early or is none"] = /at position \d+/.exec(String(error)) ?? [];
    return { ok: false, why: place };
  }
}

function malformed(why: string): Envelope {
  return { kind: "malformed", why };
}
