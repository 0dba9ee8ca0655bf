import fc from "fast-check";
import { verifierKey } from "tlog";
import { expect, it } from "vitest";
import { newOrigin } from "./origin.ts";

it("writes 128 random bits in base32, so that different bits are different origins", () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, (random) => {
      const origin = newOrigin(() => random);
      expect(origin).toMatch(/^anchorwatch\.local\/[a-z2-7]{26}$/);
      expect(Buffer.from(decode(origin.slice("anchorwatch.local/".length)))).toEqual(Buffer.from(random));
    }),
  );
});

it("can be the name of a key", async () => {
  const origin = newOrigin();
  expect((await verifierKey(origin, new Uint8Array(32))).name).toBe(origin);
});

function decode(text: string): readonly number[] {
  const bits = [...text]
    .map((letter) => "abcdefghijklmnopqrstuvwxyz234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  return Array.from({ length: 16 }, (_, at) => Number.parseInt(bits.slice(at * 8, at * 8 + 8), 2));
}
