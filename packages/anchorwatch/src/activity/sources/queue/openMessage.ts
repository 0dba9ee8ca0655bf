/** One message → what the sink gets of it. */
import type { ReadRecord } from "../../../domain/auditEvent.ts";
import { readCloudTrailRecord } from "../../cloudtrail/record.ts";
import type { FilePlace } from "../../envelope/filePlace.ts";
import { readMessage } from "../../envelope/message.ts";
import { readTrailKey } from "../../envelope/trailFile.ts";
import { digestOf } from "../source.ts";

/** `files`: log files only; digests and whatever else lies in the bucket are left out. */
export interface OpenedMessage {
  readonly records: readonly ReadRecord[];
  readonly files: readonly FilePlace[];
}

export function openMessage(body: string, source: string): OpenedMessage {
  const envelope = readMessage(body);
  switch (envelope.kind) {
    case "records":
      return { records: readRecords(envelope.records, body, source), files: [] };
    case "files":
      return { records: [], files: envelope.files.filter(({ key }) => readTrailKey(key)?.kind === "log") };
    case "nothing":
      return { records: [], files: [] };
    case "malformed":
      return { records: [{ kind: "malformed", why: envelope.why, digest: digestOf(body) }], files: [] };
  }
}

/** @param body what the records came in; a malformed one is told by its digest */
export function readRecords(
  records: readonly unknown[],
  body: string | Uint8Array,
  source: string,
): readonly ReadRecord[] {
  return records.map((value, index): ReadRecord => {
    const read = readCloudTrailRecord(value, source);
    if (read.kind !== "malformed") return read;
    const at = records.length === 1 ? "" : `Records[${index}]: `;
    return { kind: "malformed", why: at + read.why, digest: digestOf(body) };
  });
}
