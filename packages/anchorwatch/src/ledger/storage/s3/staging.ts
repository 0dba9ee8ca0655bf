/**
 * The staging object: the one object of a log in S3 that is written before anything else of a batch, always on the condition that
 * it is still the one that this sequencer wrote last. That makes it the fence against a second sequencer; and what it holds, the
 * entries and the trees before and after them, is what the next sequencer finishes after a crash.
 *
 * A line of JSON, then each entry with its length before it (two bytes, big-endian), as in a bundle.
 */
import { MAX_ENTRY_BYTES } from "tlog";
import { z } from "zod";
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";
import type { TreeState } from "../storage.ts";
import { sha256Hex } from "./digest.ts";

export const STAGING_PATH = ".staging";

export interface Staging {
  /** Random, one for each time that the log is taken. */
  readonly owner: string;
  /** Counts what this owner staged, from 0: no two objects of an owner are equal. */
  readonly turn: number;
  /** The tree that was published before. */
  readonly base: TreeState;
  /** The tree with the entries; the same as `base` when nothing is staged. */
  readonly next: TreeState;
  readonly entries: readonly Uint8Array[];
}

const FORMAT = "anchorwatch.staging/v1";
const MAX_HEADER_BYTES = 4096;

const tree = z.strictObject({ size: z.int().min(0), root: z.base64() });
const header = z.strictObject({
  format: z.literal(FORMAT),
  owner: z.string().min(1),
  turn: z.int().min(0),
  base: tree,
  next: tree,
  sha256: z.string(),
});

export function encodeStaging({ owner, turn, base, next, entries }: Staging): Uint8Array {
  const body = encodeEntries(entries);
  const head = { format: FORMAT, owner, turn, base, next, sha256: sha256Hex(body) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
}

/**
 * @param place of the object, for messages
 * @throws AnchorwatchError `ledger_staging_invalid`
 */
export function parseStaging(bytes: Uint8Array, place: string): Staging {
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf(0x0a);
  if (end < 0) throw invalid(place, "its first line does not end");
  const { owner, turn, base, next, sha256 } = parseHeader(bytes.subarray(0, end), place);
  const body = bytes.subarray(end + 1);
  if (sha256Hex(body) !== sha256) throw invalid(place, "its entries are not those that were written");
  const entries = parseEntries(body, place);
  if (base.size + entries.length !== next.size) {
    throw invalid(place, `${entries.length} entries do not lead from ${base.size} to ${next.size}`);
  }
  return { owner, turn, base, next, entries };
}

function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  const total = entries.reduce((sum, entry) => sum + 2 + entry.length, 0);
  const body = Buffer.alloc(total);
  let offset = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) {
      throw new AnchorwatchError("internal", `The ledger's writer stages an entry of ${entry.length} bytes`);
    }
    offset = body.writeUInt16BE(entry.length, offset);
    body.set(entry, offset);
    offset += entry.length;
  }
  return body;
}

function parseEntries(body: Uint8Array, place: string): Uint8Array[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (offset < body.length) {
    const start = offset + 2;
    const end = start > body.length ? start : start + view.getUint16(offset);
    if (end > body.length) throw invalid(place, `entry ${entries.length} is cut off`);
    entries.push(body.subarray(start, end));
    offset = end;
  }
  return entries;
}

function parseHeader(line: Uint8Array, place: string): z.infer<typeof header> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(line).toString("utf8"));
  } catch (error) {
    throw invalid(place, messageOf(error));
  }
  const parsed = header.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(place, z.prettifyError(parsed.error));
}

function invalid(place: string, why: string): AnchorwatchError {
  const hint =
    "Only sequencers write it. Look at its versions and put the last true one back: a batch may be half written. Then verify the log.";
  return new AnchorwatchError("ledger_staging_invalid", `${place} cannot be read: ${why}`, { hint });
}
