/** Notifications of new objects in a bucket: S3's own, and those by which CloudTrail tells of its files. */
import { isMembers, type Members, member, membersOf, textOf } from "../cloudtrail/members.ts";
import type { Envelope } from "./envelope.ts";
import type { FilePlace } from "./filePlace.ts";

/** `Records` of a notification of S3. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function filesOfNotification(records: readonly unknown[], at: string): Envelope {
  const files: FilePlace[] = [];
  for (const [index, record] of records.entries()) {
    const place = `${at}Records[${index}]`;
    const s3 = member(membersOf(record), "s3");
    if (!isMembers(s3)) return { kind: "malformed", why: `${place}.s3: missing` };
    // Other events, such as removals, tell of no new file.
    if (textOf(membersOf(record), "eventName")?.includes("ObjectCreated:") !== true) continue;
    const bucket = textOf(membersOf(member(s3, "bucket")), "name");
    const key = decodedKey(textOf(membersOf(member(s3, "object")), "key"));
    if (bucket === undefined) return { kind: "malformed", why: `${place}.s3.bucket.name: missing` };
    if (key === undefined)
      return { kind: "malformed", why: `${place}.s3.object.key: expected a key as URLs write it` };
    files.push({ bucket, key });
  }
  return files.length === 0 ? { kind: "nothing", why: "no object was created" } : { kind: "files", files };
}

/** `{"s3Bucket": "…", "s3ObjectKey": ["AWSLogs/…"]}`: the keys as they are. */
export function filesOfTrail(message: Members, at: string): Envelope {
  const bucket = textOf(message, "s3Bucket");
  const keys = member(message, "s3ObjectKey");
  if (bucket === undefined) return { kind: "malformed", why: `${at}s3Bucket: empty` };
  if (!Array.isArray(keys) || !keys.every((key): key is string => typeof key === "string" && key !== ""))
    return { kind: "malformed", why: `${at}s3ObjectKey: expected a list of keys` };
  return { kind: "files", files: keys.map((key) => ({ bucket, key })) };
}

function decodedKey(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    return undefined; // A percent sign that begins nothing: told as malformed.
  }
}
