/**
 * One record of CloudTrail → what the watch works with. Strict about the four members that everything rests on, lenient about the
 * rest: services disagree about it, and each version adds to it.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import type { AuditEvent, ReadRecord } from "../../domain/auditEvent.ts";
import { readActor } from "./actor.ts";
import { eventIdentifiers } from "./eventIdentifiers.ts";
import { isMembers, isStorable, type Members, member, membersOf, textOf } from "./members.ts";

/** @param source name of the event source as the operator's file calls it */
export function readCloudTrailRecord(record: unknown, source: string): ReadRecord {
  if (!isMembers(record)) return malformed(`a record of CloudTrail is an object, not ${kindOf(record)}`);
  const wrong = WANTED.map((name) => faultOf(record, name)).find((fault) => fault !== undefined);
  if (wrong !== undefined) return malformed(wrong);
  const id = String(record["eventID"]);
  const time = new Date(String(record["eventTime"]));
  // An insight tells of a rate of calls, and is no call itself.
  if (member(record, "eventCategory") === "Insight" || member(record, "eventType") === "AwsCloudTrailInsight")
    return { kind: "no_change", id, time, why: "insight" };
  const call = CALL.map((name) => faultOf(record, name)).find((fault) => fault !== undefined);
  if (call !== undefined) return malformed(call);
  if (isRead(record)) return { kind: "no_change", id, time, why: "read" };
  if (textOf(record, "errorCode") !== undefined) return { kind: "no_change", id, time, why: "failed" };
  return { kind: "change", event: changeOf(record, source, id, time) };
}

function changeOf(record: Members, source: string, id: string, time: Date): AuditEvent {
  const region = textOf(record, "awsRegion", 64);
  const account =
    textOf(record, "recipientAccountId", 64) ?? textOf(membersOf(record["userIdentity"]), "accountId", 64);
  return {
    id,
    source,
    time,
    name: String(record["eventName"]),
    service: String(record["eventSource"]),
    ...(region === undefined ? {} : { region }),
    ...(account === undefined ? {} : { account }),
    actor: readActor(record),
    identifiers: eventIdentifiers(record),
  };
}

const WANTED = ["eventID", "eventTime"] as const;
const CALL = ["eventName", "eventSource"] as const;
const NAME_LIMIT = 256;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** What is wrong with a member that must be there: its path, and what was expected. */
function faultOf(record: Members, name: (typeof WANTED | typeof CALL)[number]): string | undefined {
  const value = member(record, name);
  if (value === undefined) return `${name}: missing`;
  if (typeof value !== "string") return `${name}: expected a text, not ${kindOf(value)}`;
  if (value === "") return `${name}: empty`;
  if (value.length > NAME_LIMIT)
    return `${name}: ${value.length} characters, where at most ${NAME_LIMIT} are expected`;
  if (!isStorable(value)) return `${name}: holds a character that no text can be stored with`;
  if (name === "eventTime" && (!TIME.test(value) || Number.isNaN(Date.parse(value))))
    return `${name}: expected a time such as 2026-01-02T03:04:05Z`;
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : typeof value;
}

const READING = /^(Get|List|Describe|Head|Lookup|BatchGet|BatchDescribe|Search|Query|Scan|Select|Filter)/;

/** The trail says whether a call only reads; where it does not, the verb does. */
function isRead(record: Members): boolean {
  const said = member(record, "readOnly");
  if (said === true || said === "true") return true;
  if (said === false || said === "false") return false;
  return READING.test(String(record["eventName"]));
}

function malformed(why: string): ReadRecord {
  return { kind: "malformed", why };
}
