import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeBundle, MAX_ENTRY_BYTES, parseBundle } from "./bundle.ts";
import { refused, typedErrorOr } from "./errors.fixture.ts";
import { TlogError } from "./errors.ts";

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

test("an entry stands behind its length, the higher byte first", () => {
  expect(encodeBundle([bytes(7, 8), bytes()])).toEqual(bytes(0, 2, 7, 8, 0, 0));
  const long = encodeBundle([new Uint8Array(0x1234)]);
  expect(long.subarray(0, 2)).toEqual(bytes(0x12, 0x34));
});

test("every bundle survives the way to bytes and back, and has no second spelling", () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 });
  fc.assert(
    fc.property(entries, (list) => {
      expect(parseBundle(encodeBundle(list), list.length)).toEqual(list);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 9 }), (given, expected) => {
      const parsed = typedErrorOr(() => parseBundle(given, expected));
      if (!(parsed instanceof TlogError)) expect(encodeBundle(parsed)).toEqual(given);
    }),
  );
});

test("the largest entries fit 256 times", () => {
  const entries = Array.from({ length: 256 }, (_, index) => new Uint8Array(MAX_ENTRY_BYTES).fill(index));
  const parsed = parseBundle(encodeBundle(entries), 256);
  expect(parsed.map((entry) => [entry.length, entry.at(-1)])).toEqual(
    entries.map((entry) => [MAX_ENTRY_BYTES, entry[0]]),
  );
});

test("entries are views: nothing is copied", () => {
  const bundle = encodeBundle([bytes(1), bytes(2)]);
  expect(parseBundle(bundle, 2).every((entry) => entry.buffer === bundle.buffer)).toBe(true);
});

describe("what is refused", () => {
  test("every truncation, with the entry and the byte where it begins", async () => {
    const bundle = encodeBundle([bytes(1, 2, 3), bytes(), bytes(4)]);
    const starts = [0, 5, 7];
    for (let length = 0; length < bundle.length; length++) {
      const error = await refused("bundle_invalid", () => parseBundle(bundle.subarray(0, length), 3));
      const index = starts.findLastIndex((start) => start <= length);
      expect(error.location).toEqual({ index, byte: starts[index] });
    }
  });

  test("bytes after the last entry, with the first of them", async () => {
    const error = await refused("bundle_invalid", () => parseBundle(bytes(0, 1, 7, 0, 0), 1));
    expect(error.location).toEqual({ byte: 3 });
  });

  test("an entry that is too large, with its place", async () => {
    const entries = [bytes(), new Uint8Array(MAX_ENTRY_BYTES + 1)];
    const error = await refused("bundle_entry_too_large", () => encodeBundle(entries));
    expect(error.location).toEqual({ index: 1 });
  });

  test("bundles without entries or with more than 256", async () => {
    await refused("bundle_invalid", () => encodeBundle([]));
    await refused("bundle_invalid", () => encodeBundle(Array.from({ length: 257 }, () => bytes())));
    await refused("bundle_invalid", () => parseBundle(bytes(), 0));
    await refused("bundle_invalid", () => parseBundle(new Uint8Array(514), 257));
    await refused("number_out_of_range", () => parseBundle(bytes(), -1));
  });
});
