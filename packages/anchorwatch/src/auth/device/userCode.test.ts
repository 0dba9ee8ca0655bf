import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { newUserCode, readUserCode, shownUserCode } from "./userCode.ts";

it("is eight letters without a vowel, and read again however it is typed", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (bytes) => {
      let left = bytes;
      const given = (length: number) => {
        const [taken, rest] = [left.slice(0, length), left.slice(length)];
        left = rest;
        return taken.length === length ? new Uint8Array(taken) : randomBytes(length);
      };
      const code = newUserCode(given);
      expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
      expect(readUserCode(shownUserCode(code))).toBe(code);
      expect(readUserCode(` ${code.slice(0, 3)} ${code.slice(3).toLowerCase()}`)).toBe(code);
    }),
  );
});

it.each(["", "BCDF-GHJ", "BCDF-GHJKL", "ABCD-EFGH", "BCDF-GHJ0", "BCDF_GHJK"])("is not %j", (typed) => {
  expect(readUserCode(typed)).toBeUndefined();
});
