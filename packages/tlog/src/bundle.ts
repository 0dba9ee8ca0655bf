/** Bundles of entries as C2SP tlog-tiles lays them out: each entry behind its length, two bytes, the higher first. */

import { TlogError } from "./errors.ts";
import { checkCount } from "./number.ts";
import { TILE_WIDTH } from "./tile.ts";

export const MAX_ENTRY_BYTES = 65_535;

const LENGTH_BYTES = 2;

/** A bundle of 1 to 256 entries. Throws `bundle_entry_too_large` naming the entry's place in the bundle. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  checkExpected(entries.length);
  entries.forEach(checkEntryLength);
  const bundle = new Uint8Array(entries.reduce((total, entry) => total + LENGTH_BYTES + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length & 0xff;
    bundle.set(entry, at + LENGTH_BYTES);
    at += LENGTH_BYTES + entry.length;
  }
  return bundle;
}

/**
 * The entries of a bundle that must hold exactly `expected` of them, as views of the bytes: nothing is copied.
 * Throws `bundle_invalid` with the place of the entry in the bundle and the byte where it goes wrong.
 */
export function parseBundle(bytes: Uint8Array, expected: number): readonly Uint8Array[] {
  checkExpected(expected);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < expected) {
    const start = at + LENGTH_BYTES;
    if (start > bytes.length) throw cutOff(bytes, expected, entries.length, at);
    const end = start + (bytes[at] as number) * 256 + (bytes[at + 1] as number);
    if (end > bytes.length) throw cutOff(bytes, expected, entries.length, at);
    entries.push(bytes.subarray(start, end));
    at = end;
  }
  if (at === bytes.length) return entries;
  throw new TlogError(
    "bundle_invalid",
    `the bundle must hold ${expected} entries and end at byte ${at}, but has ${bytes.length} bytes`,
    { location: { byte: at } },
  );
}

function checkExpected(count: number): void {
  if (checkCount(count, "the number of entries") >= 1 && count <= TILE_WIDTH) return;
  throw new TlogError("bundle_invalid", `a bundle holds 1 to ${TILE_WIDTH} entries, not ${count}`);
}

function checkEntryLength(entry: Uint8Array, index: number): void {
  if (entry.length <= MAX_ENTRY_BYTES) return;
  throw new TlogError(
    "bundle_entry_too_large",
    `entry ${index} of the bundle has ${entry.length} bytes; at most ${MAX_ENTRY_BYTES} fit. Store big content beside the log`,
    { location: { index } },
  );
}

function cutOff(bytes: Uint8Array, expected: number, index: number, at: number): TlogError {
  const byte = Math.min(at, bytes.length);
  return new TlogError(
    "bundle_invalid",
    `the bundle ends inside entry ${index} of ${expected}: it has ${bytes.length} bytes, and that entry begins at byte ${byte}`,
    { location: { index, byte } },
  );
}
