/** The records of one log file in a bucket. */
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ReadRecord } from "../../domain/auditEvent.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { readCloudTrailRecord } from "../cloudtrail/record.ts";
import { type FilePlace, nameOf } from "../envelope/filePlace.ts";
import { LOG_FILE_LIMITS, readLogFile } from "../envelope/logFile.ts";
import type { CutRecord } from "../envelope/recordCutter.ts";
import { awsProblem, FILE } from "./awsProblem.ts";
import { BATCH, digestOf } from "./source.ts";

export interface FileLimits {
  /** Bytes as it lies in the bucket. */
  readonly packed: number;
  readonly unpacked: number;
  readonly record: number;
}

export const FILE_LIMITS: FileLimits = { packed: 64 * 1024 * 1024, ...LOG_FILE_LIMITS };

/** Codes of faults that stay however often the file is read: it is recorded as malformed, and done with. */
const LASTING: ReadonlySet<string> = new Set([
  "event_file_invalid",
  "event_file_too_large",
  "event_file_missing",
]);

/**
 * In batches for the sink. A file that is damaged, too large or gone ends with a malformed record that says so.
 * @param source name of the event source
 * @throws AnchorwatchError `event_file_refused`, `event_file_unreachable`: it may be read later
 */
export async function* recordsOfFile(
  s3: S3Client,
  place: FilePlace,
  source: string,
  signal: AbortSignal,
  limits: FileLimits = FILE_LIMITS,
): AsyncGenerator<readonly ReadRecord[], void, void> {
  const name = nameOf(place);
  let bytes: Uint8Array | undefined;
  let batch: ReadRecord[] = [];
  try {
    bytes = await fetchFile(s3, place, signal, limits.packed);
    for await (const cut of readLogFile(bytes, name, limits)) {
      for (const record of cut) {
        batch.push(readCut(record, name, source));
        if (batch.length < BATCH) continue;
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  } catch (error) {
    if (!(error instanceof AnchorwatchError) || !LASTING.has(error.code)) throw error;
    // What could be read before is as good as any other.
    yield [...batch, { kind: "malformed", why: error.message, digest: digestOf(bytes ?? name) }];
  }
}

/** @throws AnchorwatchError `event_file_missing`, `event_file_refused`, `event_file_too_large`, `event_file_unreachable` */
async function fetchFile(
  s3: S3Client,
  place: FilePlace,
  signal: AbortSignal,
  limit: number,
): Promise<Uint8Array> {
  const what = nameOf(place);
  const command = new GetObjectCommand({ Bucket: place.bucket, Key: place.key });
  try {
    const { Body } = await s3.send(command, { abortSignal: signal });
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of (Body ?? []) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > limit) throw tooLarge(what, limit);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length);
  } catch (error) {
    signal.throwIfAborted();
    throw awsProblem(error, { what, permission: "s3:GetObject on the objects of that bucket" }, FILE);
  }
}

function readCut(cut: CutRecord, name: string, source: string): ReadRecord {
  const read: ReadRecord = cut.ok
    ? readCloudTrailRecord(cut.value, source)
    : { kind: "malformed", why: "no JSON" };
  if (read.kind !== "malformed") return read;
  return {
    kind: "malformed",
    why: `${name} Records[${cut.index}]: ${read.why}`,
    digest: digestOf(cut.bytes),
  };
}

function tooLarge(what: string, limit: number): AnchorwatchError {
  const megabytes = Math.floor(limit / 1024 / 1024);
  return new AnchorwatchError(
    "event_file_too_large",
    `${what} has more than ${megabytes} MB, and was not read`,
    {
      hint: "CloudTrail's own files are far smaller. See who may write to that bucket.",
    },
  );
}
