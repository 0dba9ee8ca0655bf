/**
 * A log file of CloudTrail: the gzip of `{"Records": [...]}`. It is unpacked and cut into records as it streams, so that neither a
 * large file nor a hostile one takes more memory than a piece of it and the record at hand.
 */
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { type CutRecord, RecordCutter } from "./recordCutter.ts";

export interface LogFileLimits {
  /** Bytes when unpacked. */
  readonly unpacked: number;
  /** Bytes of one record. CloudTrail's own have up to 1 MB. */
  readonly record: number;
}

export const LOG_FILE_LIMITS: LogFileLimits = { unpacked: 256 * 1024 * 1024, record: 4 * 1024 * 1024 };

/**
 * The records in the order of the file, as many at once as a piece of it holds. What came before a fault has been given already.
 * @param name of the file, for messages
 * @throws AnchorwatchError `event_file_invalid`, `event_file_too_large`
 */
export async function* readLogFile(
  bytes: Uint8Array,
  name: string,
  limits: LogFileLimits = LOG_FILE_LIMITS,
): AsyncGenerator<readonly CutRecord[], void, void> {
  const cutter = new RecordCutter(name, limits.record);
  for await (const chunk of unpack(bytes, name, limits.unpacked)) {
    const records = cutter.cut(chunk);
    if (records.length > 0) yield records;
  }
  cutter.end();
}

/**
 * What is in a gzip file, or the bytes themselves where they are none, piece by piece.
 * @throws AnchorwatchError `event_file_invalid`, `event_file_too_large` behind so many bytes
 */
export async function* unpack(
  bytes: Uint8Array,
  name: string,
  limit: number,
): AsyncGenerator<Buffer, void, void> {
  let length = 0;
  for await (const chunk of chunksOf(bytes, name)) {
    length += chunk.length;
    if (length > limit) throw tooLarge(name, limit);
    yield chunk;
  }
}

async function* chunksOf(bytes: Uint8Array, name: string): AsyncGenerator<Buffer, void, void> {
  // Some tools unpack what they copy. `{` is nothing that gzip begins with.
  if (bytes[0] !== 0x1f) return yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  // What goes wrong ends the loop below, which tells it; the callback only keeps it from being nobody's.
  pipeline(Readable.from([bytes]), gunzip, () => {});
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    throw new AnchorwatchError("event_file_invalid", `${name} is damaged: ${messageOf(error)}`, {
      hint: "It is no whole gzip file. Compare it with its digest; where a copy is damaged, restore it.",
      cause: error,
    });
  }
}

function tooLarge(name: string, limit: number): AnchorwatchError {
  const megabytes = Math.floor(limit / 1024 / 1024);
  return new AnchorwatchError(
    "event_file_too_large",
    `${name} holds more than ${megabytes} MB when unpacked, and was not read to its end`,
    { hint: "CloudTrail's own files are far smaller. See who may write to that bucket." },
  );
}
