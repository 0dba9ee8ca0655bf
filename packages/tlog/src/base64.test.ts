import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBase64, encodeBase64 } from "./base64.ts";

test("bytes are written as Node writes them, and read back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("base64"));
      expect(decodeBase64(text)).toEqual(bytes);
    }),
  );
});

test("a text has no second spelling: what can be read is what would be written", () => {
  const almost = fc.stringMatching(/^[A-Za-z0-9+/]{0,9}={0,3}$/);
  fc.assert(
    fc.property(fc.oneof(almost, fc.string()), (text) => {
      const bytes = decodeBase64(text);
      if (bytes !== undefined) expect(encodeBase64(bytes)).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  "A",
  "AA",
  "AAA",
  "AA=A",
  "A===",
  "====",
  "AB==",
  "AAB=",
  "AA= =",
  "AA\n=",
  "AAA-",
  "AA==AA==",
  " AAAA",
  "AAAA\n",
])("%j is refused", (text) => {
  expect(decodeBase64(text)).toBeUndefined();
});
