import { Encoder } from "@msgpack/msgpack";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MsgpackReader } from "./msgpackReader.ts";
import { MsgpackWriter } from "./msgpackWriter.ts";

const library = new Encoder({ useBigInt64: true });

function written(write: (writer: MsgpackWriter) => void): Uint8Array {
  const writer = new MsgpackWriter();
  write(writer);
  return writer.take();
}

const around = (edge: number) => fc.integer({ min: -3, max: 3 }).map((step) => edge + step);
const safeIntegers = fc.oneof(
  fc.maxSafeInteger(),
  ...[0, -32, 2 ** 7, -(2 ** 7), 2 ** 8, 2 ** 15, -(2 ** 15), 2 ** 16, 2 ** 31, -(2 ** 31), 2 ** 32].map(
    around,
  ),
);

test("an integer has its shortest form, and reads back as itself", () => {
  fc.assert(
    fc.property(safeIntegers, (value) => {
      const bytes = written((writer) => writer.integer(value));
      const wide = value < -(2 ** 31) || value >= 2 ** 32;
      expect(bytes).toEqual(wide ? library.encode(BigInt(value)) : library.encode(value));
      expect(new MsgpackReader(bytes).integer()).toBe(value);
    }),
  );
});

test("doubles, booleans and null are as the library writes them", () => {
  fc.assert(
    fc.property(fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(written((writer) => writer.double(value))).toEqual(library.encode(value));
    }),
  );
  expect(written((writer) => writer.bool(true))).toEqual(library.encode(true));
  expect(written((writer) => writer.bool(false))).toEqual(library.encode(false));
  expect(written((writer) => writer.nil())).toEqual(library.encode(null));
});

test("texts of every length class are as the library writes them", () => {
  for (const length of [0, 31, 32, 255, 256, 65_535, 65_536, 70_000]) {
    const text = "é".repeat(length / 2) + "x".repeat(length % 2);
    expect(written((writer) => writer.string(text))).toEqual(library.encode(text));
  }
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
      expect(written((writer) => writer.string(text))).toEqual(library.encode(text));
    }),
  );
});

test.each([0, 15, 16, 65_535, 65_536])("lists and maps of %i members have the right header", (length) => {
  expect(new MsgpackReader(written((writer) => writer.arrayLength(length))).arrayLength()).toBe(length);
  expect(new MsgpackReader(written((writer) => writer.mapLength(length))).mapLength()).toBe(length);
});

test("a writer is as new when its bytes were taken, and they are not changed by what it writes next", () => {
  const writer = new MsgpackWriter();
  writer.string("first");
  const first = writer.take();
  writer.string("other");
  expect(writer.take()).toEqual(library.encode("other"));
  expect(first).toEqual(library.encode("first"));
});
